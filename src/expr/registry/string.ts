// Text. Positions and lengths count characters (Unicode code points) from 1, as in PostgreSQL. upper and lower follow
// Unicode's full mapping, the same in every place.
import type { PlainKind } from '../../types/index.ts'
import { call, cast, type Expr, literal } from '../node.ts'
import { type Entry, entryIn, type KernelName, type Overload, raise, overload as rowByRow } from './entry.ts'
import { concatLists, containsElement, lengthOf, reverseList } from './list.ts'
import { regexText, similarText } from './pattern.ts'

/** Results longer than this are refused rather than tried. */
const LONGEST = 1 << 28

const ENCODER = new TextEncoder()
const bytesOf = (text: string): number => ENCODER.encode(text).length
const points = (text: string): string[] => Array.from(text)

function overload(args: string, result: PlainKind, kernel: KernelName | undefined, twin: Overload['twin']): Overload {
  return { ...rowByRow(args, result, twin), ...(kernel === undefined ? {} : { kernel }) }
}

const strict = entryIn('string')

function substring(text: string, from: bigint, count: bigint): string {
  if (count < 0n) raise('INVALID_ARGUMENT')
  const all = points(text)
  const start = from < 1n ? 1n : from
  const end = from + count
  const limit = BigInt(all.length) + 1n
  return all
    .slice(
      Number(start > limit ? limit : start) - 1,
      end < start ? Number(start > limit ? limit : start) - 1 : Number(end > limit ? limit : end) - 1,
    )
    .join('')
}

const clamp = (count: bigint): number =>
  Number(BigInt.asIntN(32, count) === count ? count : count > 0n ? 2147483647n : -2147483647n)

function left(text: string, count: bigint): string {
  return points(text).slice(0, clamp(count)).join('')
}

function right(text: string, count: bigint): string {
  const all = points(text)
  const n = clamp(count)
  return all.slice(n >= 0 ? Math.max(0, all.length - n) : -n).join('')
}

function trimmer(atStart: boolean, atEnd: boolean): (text: string, set: string) => string {
  return (text, set) => {
    const drop = new Set(points(set))
    const all = points(text)
    let from = 0
    let to = all.length
    while (atStart && from < to && drop.has(all[from] as string)) from++
    while (atEnd && from < to && drop.has(all[to - 1] as string)) to--
    return all.slice(from, to).join('')
  }
}

type TrimKernels = readonly [KernelName, KernelName]

function trim(
  name: string,
  where: string,
  atStart: boolean,
  atEnd: boolean,
  kernels: TrimKernels,
  postgres?: string,
): Entry {
  const twin = trimmer(atStart, atEnd)
  const overloads = [
    overload('string', 'string', kernels[0], (text: string) => twin(text, ' ')),
    overload('string string', 'string', kernels[1], twin),
  ]
  const doc = `Without the blanks ${where}; with a second argument, without any of its characters there.`
  const example = `${name}('xxaxx', 'x') → ${name === 'trim' ? 'a' : name === 'ltrim' ? 'axx' : 'xxa'}`
  return strict(name, doc, example, overloads, postgres === undefined ? {} : { dialects: { postgres } })
}

function splitPart(text: string, mark: string, field: bigint): string {
  if (field === 0n) raise('INVALID_ARGUMENT')
  const parts = text === '' || mark === '' ? [text] : text.split(mark)
  const index = field > 0n ? field - 1n : BigInt(parts.length) + field
  return index >= 0n && index < parts.length ? (parts[Number(index)] as string) : ''
}

function bounded(text: string, bytes: bigint): string {
  if (bytes > LONGEST) raise('OUT_OF_RANGE')
  return text
}

function replace(text: string, old: string, by: string): string {
  if (old === '') return text
  const parts = text.split(old)
  const grown = BigInt(bytesOf(text)) + BigInt(parts.length - 1) * BigInt(bytesOf(by) - bytesOf(old))
  return parts.length === 1 ? text : bounded('', grown) + parts.join(by)
}

function repeat(text: string, count: bigint): string {
  if (text === '' || count <= 0n) return ''
  bounded('', BigInt(bytesOf(text)) * count)
  return text.repeat(Number(count))
}

function concat(a: string, b: string): string {
  return bounded(a + b, BigInt(bytesOf(a) + bytesOf(b)))
}

function pad(atStart: boolean): (text: string, count: bigint, by: string) => string {
  return (text, count, by) => {
    if (count > LONGEST) raise('OUT_OF_RANGE')
    const all = points(text)
    const wanted = count < 0n ? 0 : Number(count)
    const fill = points(by)
    if (all.length >= wanted || fill.length === 0) return all.slice(0, wanted).join('')
    const added = Array.from({ length: wanted - all.length }, (_, i) => fill[i % fill.length]).join('')
    return atStart ? added + text : text + added
  }
}

function position(text: string, part: string): bigint {
  const at = text.indexOf(part)
  return at < 0 ? 0n : BigInt(points(text.slice(0, at)).length + 1)
}

/** LIKE by a regular expression made from the pattern; an empty escape character is none. */
function like(text: string, pattern: string, mark = '\\'): boolean {
  const marks = points(mark)
  if (marks.length > 1) raise('INVALID_ARGUMENT')
  let source = ''
  let literally = false
  for (const each of points(pattern)) {
    if (!literally && each === marks[0]) literally = true
    else {
      source +=
        !literally && each === '%'
          ? '.*'
          : !literally && each === '_'
            ? '.'
            : each.replace(/[\\^$.*+?()[\]{}|/]/, '\\$&')
      literally = false
    }
  }
  if (literally) raise('INVALID_ARGUMENT')
  return new RegExp(`^${source}$`, 'su').test(text)
}

function ilike(args: readonly Expr[]): Expr | undefined {
  const [text, pattern, mark] = args
  if (text === undefined || pattern === undefined || args.length > 3) return undefined
  return call('like', call('lower', text), call('lower', pattern), ...(mark === undefined ? [] : [mark]))
}

const string = { kind: 'string' } as const

/** Anything as text, null as nothing; then joined. */
function concatAll(args: readonly Expr[]): Expr | undefined {
  const parts = args.map(each => call('coalesce', cast(each, string), literal('', string)))
  return parts.length === 0 ? undefined : parts.reduce((a, b) => call('join_text', a, b))
}

const size = (n: number): bigint => BigInt(n)

export const strings: readonly Entry[] = [
  strict(
    'length',
    'The number of characters; of binary, of bytes; of a list or a map, of elements.',
    "length('über') → 4",
    [
      overload('string', 'int', 'charLength', (a: string) => size(points(a).length)),
      { ...overload('binary', 'int', 'octetLength', (a: Uint8Array) => size(a.length)), total: true },
    ],
    {
      generic: lengthOf,
      generics: ['length(list<T>) → int', 'length(map<K, V>) → int'],
      aliases: ['char_length', 'character_length'],
    },
  ),
  strict('octet_length', 'The number of bytes (of text: in UTF-8).', "octet_length('über') → 5", [
    { ...overload('string', 'int', 'octetLength', (a: string) => size(bytesOf(a))), total: true },
    { ...overload('binary', 'int', 'octetLength', (a: Uint8Array) => size(a.length)), total: true },
  ]),
  strict('upper', 'In capital letters.', "upper('abc') → ABC", [
    overload('string', 'string', 'upperText', (a: string) => a.toUpperCase()),
  ]),
  strict('lower', 'In small letters.', "lower('ABC') → abc", [
    overload('string', 'string', 'lowerText', (a: string) => a.toLowerCase()),
  ]),
  trim('trim', 'at both ends', true, true, ['trimBoth', 'trimBothSet'], 'btrim'),
  trim('ltrim', 'at the start', true, false, ['trimLeft', 'trimLeftSet']),
  trim('rtrim', 'at the end', false, true, ['trimRight', 'trimRightSet']),
  strict(
    'substring',
    'The characters from a place on (from 1), at most so many; a negative count is an error. With a pattern the part that matches it (see regexp_like), with an escape character too the part between its marks.',
    "substring('millrace', 5, 3) → rac",
    [
      overload('string int', 'string', 'substringFrom', (a: string, from: bigint) =>
        substring(a, from < 1n ? 1n : from, 1n << 62n),
      ),
      overload('string int int', 'string', 'substringFor', substring),
      { ...overload('string string', 'string', undefined, regexText), nullable: true },
      { ...overload('string string string', 'string', undefined, similarText), nullable: true },
    ],
    { aliases: ['substr'] },
  ),
  strict('left', 'The first n characters; for a negative n, all but the last -n.', "left('millrace', 4) → mill", [
    overload('string int', 'string', 'leftText', left),
  ]),
  strict('right', 'The last n characters; for a negative n, all but the first -n.', "right('millrace', 4) → race", [
    overload('string int', 'string', 'rightText', right),
  ]),
  strict(
    'split_part',
    'The n-th piece between delimiters, from 1; from the end for a negative n; empty if there is none. 0 is an error.',
    "split_part('a,b,c', ',', 2) → b",
    [overload('string string int', 'string', 'splitPart', splitPart)],
  ),
  strict(
    'join_text',
    'Both texts, or lists, one after the other; null if one is null.',
    "'mill' || 'race' → millrace",
    [overload('string string', 'string', 'concatText', concat)],
    {
      generic: concatLists,
      generics: ['join_text(list<T>, list<T>) → list<T>'],
      aliases: ['||'],
      infix: '||',
      dialects: { spark: 'concat' },
    },
  ),
  {
    name: 'concat',
    family: 'string',
    nulls: 'custom',
    rewrite: concatAll,
    signature: 'concat(T, …) → string',
    overloads: [],
    dialects: { spark: 'concat_ws' },
    doc: 'All arguments as text, one after the other; nulls are passed over.',
    example: "concat('a', null, 1) → a1",
  },
  strict('repeat', 'The text n times.', "repeat('ab', 3) → ababab", [
    overload('string int', 'string', 'repeatText', repeat),
  ]),
  strict(
    'reverse',
    'The characters, or elements, in the other order.',
    "reverse('abc') → cba",
    [overload('string', 'string', 'reverseText', (a: string) => points(a).reverse().join(''))],
    { generic: reverseList, generics: ['reverse(list<T>) → list<T>'] },
  ),
  strict(
    'replace',
    'Each occurrence of the second text replaced by the third.',
    "replace('banana', 'an', 'o') → booa",
    [overload('string string string', 'string', 'replaceText', replace)],
  ),
  strict('lpad', 'Filled up at the start to n characters, or cut to n.', "lpad('7', 3, '0') → 007", [
    overload('string int string', 'string', 'padLeft', pad(true)),
    overload('string int', 'string', undefined, (a: string, n: bigint) => pad(true)(a, n, ' ')),
  ]),
  strict('rpad', 'Filled up at the end to n characters, or cut to n.', "rpad('ab', 4, '.') → ab..", [
    overload('string int string', 'string', 'padRight', pad(false)),
    overload('string int', 'string', undefined, (a: string, n: bigint) => pad(false)(a, n, ' ')),
  ]),
  strict(
    'starts_with',
    'True where the text starts with the second.',
    "starts_with('millrace', 'mill') → true",
    [overload('string string', 'boolean', 'startsWith', (a: string, b: string) => a.startsWith(b))],
    { aliases: ['startsWith'], dialects: { spark: 'startswith' } },
  ),
  strict(
    'ends_with',
    'True where the text ends with the second.',
    "ends_with('millrace', 'race') → true",
    [overload('string string', 'boolean', 'endsWith', (a: string, b: string) => a.endsWith(b))],
    { aliases: ['endsWith'], dialects: { spark: 'endswith' } },
  ),
  strict(
    'contains',
    'True where the second text occurs in the first, or the value among the elements of a list (null elements equal none).',
    "contains('millrace', 'lra') → true",
    [overload('string string', 'boolean', 'containsText', (a: string, b: string) => a.includes(b))],
    { generic: containsElement, generics: ['contains(list<T>, T) → boolean'] },
  ),
  strict(
    'strpos',
    'Where the second text occurs first, from 1; 0 if it does not.',
    "strpos('millrace', 'race') → 5",
    [overload('string string', 'int', 'positionOf', position)],
    { aliases: ['position', 'instr'], dialects: { spark: 'instr' } },
  ),
  strict(
    'like',
    'True where the text matches the pattern: % is any text, _ any character; an escape character (default \\) takes the next literally.',
    "like('millrace', 'm%c_') → true",
    [
      overload('string string', 'boolean', 'likeText', (a: string, b: string) => like(a, b)),
      overload('string string string', 'boolean', undefined, like),
    ],
    { infix: 'LIKE' },
  ),
  {
    name: 'ilike',
    family: 'string',
    nulls: 'custom',
    rewrite: ilike,
    signature: 'ilike(string, string[, string]) → boolean',
    overloads: [],
    infix: 'ILIKE',
    doc: 'Like LIKE, capital and small letters being the same.',
    example: "ilike('MillRace', 'mill%') → true",
  },
]
