// Regular expressions over text: PostgreSQL's patterns (src/expr/regex.ts), its functions and flags.
import { MillraceError } from '../../base/index.ts'
import { listBytes } from '../../data/index.ts'
import { listOf, scalars } from '../../types/index.ts'
import { call, type Expr, literal } from '../node.ts'
import { type Match, type Pattern, patternOf } from '../regex.ts'
import { similarPattern } from '../similar.ts'
import type { Value } from '../value.ts'
import { type Entry, entryIn, type Overload, overload, raise } from './entry.ts'

const WITHOUT_G = /^[^g]*$/

/** The last one: most columns have one pattern. */
let last:
  | { readonly source: string; readonly flags: string; readonly allowed: RegExp; readonly made: Pattern }
  | undefined

/** The pattern, or an error of the row. */
function pattern(source: string, flags = '', allowed = WITHOUT_G): Pattern {
  if (last?.source === source && last.flags === flags && last.allowed === allowed) return last.made
  if (!allowed.test(flags)) raise('INVALID_ARGUMENT')
  const made = checked(() => patternOf(source, flags.replace('g', '')))
  last = { source, flags, allowed, made }
  return made
}

function checked<T>(make: () => T): T {
  try {
    return make()
  } catch (error) {
    if (error instanceof MillraceError && error.code === 'BAD_PATTERN') raise('INVALID_ARGUMENT')
    throw error
  }
}

/** All matches from a place (in characters, from 1) on; an empty one is followed by the next character. */
function* matches(text: string, by: Pattern, start = 1n): Generator<Match> {
  if (start < 1n) raise('INVALID_ARGUMENT')
  let from = 0
  for (const each of text) {
    if (--start < 1n) break
    from += each.length
  }
  if (start > 1n) return
  while (from <= text.length) {
    const found = by.find(text, from)
    if (found === undefined) return
    yield found
    from = found.to > found.from ? found.to : found.to + (Array.from(text.slice(found.to))[0]?.length ?? 1)
  }
}

function nth(text: string, by: Pattern, start: bigint, n: bigint): Match | undefined {
  if (n < 1n) raise('INVALID_ARGUMENT')
  if (n === 1n && start === 1n) return by.find(text, 0)
  for (const each of matches(text, by, start)) if (--n === 0n) return each
  return undefined
}

const textOf = (text: string, { from, to }: Match): string => text.slice(from, to)

/** What a match is replaced by: \1 … are its groups, \& is all of it. */
const replacement = (text: string, by: string, found: Match): string =>
  by.replace(/\\([0-9&\\])/g, (_all, what: string) => {
    if (what === '\\') return '\\'
    return what === '&' || what === '0' ? textOf(text, found) : (found.groups[Number(what) - 1] ?? '')
  })

/** @param n which match is replaced; 0: all. */
function replaced(text: string, by: Pattern, put: string, start: bigint, n: bigint): string {
  if (n < 0n) raise('INVALID_ARGUMENT')
  let [out, at] = ['', 0]
  for (const found of matches(text, by, start)) {
    if (n > 1n) n--
    else {
      out += text.slice(at, found.from) + replacement(text, put, found)
      at = found.to
      if (n === 1n) break
    }
  }
  return out + text.slice(at)
}

function pieces(text: string, by: Pattern): string[] {
  const out: string[] = []
  let at = 0
  for (const { from, to } of matches(text, by)) {
    // An empty match at either end, or right behind another, divides nothing.
    if (from === to && (from === at || from >= text.length)) continue
    out.push(text.slice(at, from))
    at = to
  }
  return [...out, text.slice(at)]
}

const size = (count: number): bigint => BigInt(count)
const texts = listOf(scalars.string, true)
const listsOfTexts = listOf(texts)
const textList = (values: readonly (string | null)[]): Uint8Array => listBytes(texts, values)

const entry = entryIn('string')

/** A function of two or three texts that gives a list of texts. */
function toList(
  name: string,
  doc: string,
  example: string,
  twin: (text: string, source: string, flags?: string) => Value,
  nullable = false,
): Entry {
  return {
    ...entry(name, doc, example, []),
    signature: `${name}(string, string[, string]) → list<string>`,
    generic(types) {
      const isText = types.every(each => each === undefined || each.kind === 'string')
      if (!isText || types.length < 2 || types.length > 3) return undefined
      const overloadOf: Overload = { args: ['string'], result: 'binary', twin, nullable }
      return { overload: overloadOf, args: types.map(() => scalars.string), result: texts }
    },
  }
}

/** The part in parentheses, else the whole match; null if nothing matches. */
function firstPart(text: string, by: Pattern): string | null {
  const found = by.find(text, 0)
  if (found === undefined) return null
  return found.groups.length > 0 ? (found.groups[0] ?? null) : textOf(text, found)
}

const groupsOf = (text: string, found: Match): Uint8Array =>
  textList(found.groups.length > 0 ? found.groups.map(each => each ?? null) : [textOf(text, found)])

function matchList(text: string, source: string, flags = ''): Value {
  const found = pattern(source, flags).find(text, 0)
  return found === undefined ? null : groupsOf(text, found)
}

function matchLists(text: string, source: string, flags = ''): Value {
  const all: Uint8Array[] = []
  for (const found of matches(text, pattern(source, flags, /^/))) {
    all.push(groupsOf(text, found))
    if (!flags.includes('g')) break
  }
  return listBytes(listsOfTexts, all)
}

function placeOf(text: string, by: Pattern, start = 1n, n = 1n, end = 0n): bigint {
  if (end !== 0n && end !== 1n) raise('INVALID_ARGUMENT')
  const found = nth(text, by, start, n)
  return found === undefined ? 0n : size(Array.from(text.slice(0, end === 1n ? found.to : found.from)).length + 1)
}

function part(text: string, by: Pattern, start = 1n, n = 1n, group = 0n): string | null {
  if (group < 0n) raise('INVALID_ARGUMENT')
  const found = nth(text, by, start, n)
  if (found === undefined) return null
  return group === 0n ? textOf(text, found) : (found.groups[Number(group) - 1] ?? null)
}

const insensitive = (args: readonly Expr[]): Expr | undefined =>
  args.length === 2 ? call('regexp_like', ...args, literal('i', { kind: 'string' })) : undefined

export const similarText = (text: string, source: string, mark?: string): string | null =>
  firstPart(
    text,
    checked(() => patternOf(similarPattern(source, mark), '', true)),
  )

export const regexText = (text: string, source: string): string | null => firstPart(text, pattern(source))

export const patterns: readonly Entry[] = [
  entry(
    'regexp_like',
    "True where a part of the text matches PostgreSQL's regular expression; flags: i (any case), n (lines), x (spaced).",
    "regexp_like('millrace', 'l+r') → true",
    [
      overload('string string', 'boolean', (a: string, b: string) => pattern(b).test(a)),
      overload('string string string', 'boolean', (a: string, b: string, flags: string) => pattern(b, flags).test(a)),
    ],
    { infix: '~' },
  ),
  {
    ...entry('regexp_like_i', 'regexp_like in any case.', "regexp_like_i('MillRace', 'r') → true", []),
    nulls: 'custom',
    rewrite: insensitive,
    signature: 'regexp_like_i(string, string) → boolean',
    infix: '~*',
  },
  entry(
    'similar_to',
    "True where the text matches SQL's regular expression: % and _ as in LIKE, | * + ? {} () [] beside them.",
    "similar_to('abc', '(a|b)%') → true",
    [
      overload('string string', 'boolean', (a: string, b: string) =>
        checked(() => patternOf(similarPattern(b))).test(a),
      ),
      overload('string string string', 'boolean', (a: string, b: string, mark: string) =>
        checked(() => patternOf(similarPattern(b, mark))).test(a),
      ),
    ],
  ),
  entry(
    'regexp_replace',
    'The first match (flag g: every match; or from a place on match number n, 0 being all) replaced; \\1 … are its groups, \\& is all of it.',
    "regexp_replace('banana', 'a(n)', '<\\1>', 'g') → b<n><n>a",
    [
      overload('string string string', 'string', (a: string, b: string, c: string) =>
        replaced(a, pattern(b), c, 1n, 1n),
      ),
      overload('string string string string', 'string', (a: string, b: string, c: string, flags: string) =>
        replaced(a, pattern(b, flags, /^/), c, 1n, flags.includes('g') ? 0n : 1n),
      ),
      overload('string string string int', 'string', (a: string, b: string, c: string, from: bigint) =>
        replaced(a, pattern(b), c, from, 1n),
      ),
      overload('string string string int int', 'string', (a: string, b: string, c: string, from: bigint, n: bigint) =>
        replaced(a, pattern(b), c, from, n),
      ),
      overload(
        'string string string int int string',
        'string',
        (a: string, b: string, c: string, from: bigint, n: bigint, flags: string) =>
          replaced(a, pattern(b, flags), c, from, n),
      ),
    ],
  ),
  entry('regexp_count', 'How many matches there are, from a place on.', "regexp_count('banana', 'an') → 2", [
    overload('string string', 'int', (a: string, b: string) => size([...matches(a, pattern(b))].length)),
    overload('string string int', 'int', (a: string, b: string, from: bigint) =>
      size([...matches(a, pattern(b), from)].length),
    ),
    overload('string string int string', 'int', (a: string, b: string, from: bigint, flags: string) =>
      size([...matches(a, pattern(b, flags), from)].length),
    ),
  ]),
  entry(
    'regexp_instr',
    'Where match number n (from a place on) begins, or with a fifth argument 1 what is behind it; 0: there is none.',
    "regexp_instr('banana', 'n', 1, 2) → 5",
    [
      overload('string string', 'int', (a: string, b: string) => placeOf(a, pattern(b))),
      overload('string string int', 'int', (a: string, b: string, from: bigint) => placeOf(a, pattern(b), from)),
      overload('string string int int', 'int', (a: string, b: string, from: bigint, n: bigint) =>
        placeOf(a, pattern(b), from, n),
      ),
      overload('string string int int int', 'int', (a: string, b: string, from: bigint, n: bigint, end: bigint) =>
        placeOf(a, pattern(b), from, n, end),
      ),
      overload(
        'string string int int int string',
        'int',
        (a: string, b: string, from: bigint, n: bigint, end: bigint, flags: string) =>
          placeOf(a, pattern(b, flags), from, n, end),
      ),
    ],
  ),
  entry(
    'regexp_substr',
    'Match number n (from a place on), or one of its groups; null if there is none.',
    "regexp_substr('banana', 'a.', 1, 2) → an",
    [
      overload('string string', 'string', (a: string, b: string) => part(a, pattern(b)), true),
      overload('string string int', 'string', (a: string, b: string, from: bigint) => part(a, pattern(b), from), true),
      overload(
        'string string int int',
        'string',
        (a: string, b: string, from: bigint, n: bigint) => part(a, pattern(b), from, n),
        true,
      ),
      overload(
        'string string int int string',
        'string',
        (a: string, b: string, from: bigint, n: bigint, flags: string) => part(a, pattern(b, flags), from, n),
        true,
      ),
      overload(
        'string string int int string int',
        'string',
        (a: string, b: string, from: bigint, n: bigint, flags: string, group: bigint) =>
          part(a, pattern(b, flags), from, n, group),
        true,
      ),
    ],
  ),
  toList(
    'regexp_match',
    'The groups of the first match, or the match if there are none; null if nothing matches.',
    "list_get(regexp_match('a1b2', '([a-z])(\\d)'), 1) → 1",
    matchList,
    true,
  ),
  {
    ...entry(
      'regexp_matches',
      'For each match (without the flag g for the first) its groups, or the match if there are none.',
      "array_length(regexp_matches('a1b2', '[a-z]\\d', 'g'), 1) → 2",
      [],
    ),
    signature: 'regexp_matches(string, string[, string]) → list<list<string>>',
    generic(types) {
      const isText = types.every(each => each === undefined || each.kind === 'string')
      if (!isText || types.length < 2 || types.length > 3) return undefined
      const overloadOf: Overload = { args: ['string'], result: 'binary', twin: matchLists }
      return { overload: overloadOf, args: types.map(() => scalars.string), result: listsOfTexts }
    },
  },
  toList(
    'regexp_split_to_array',
    'The pieces between the matches.',
    "list_join(regexp_split_to_array('a1b22c', '\\d+'), ',') → a,b,c",
    (text, source, flags = '') => textList(pieces(text, pattern(source, flags))),
  ),
]
