// PostgreSQL's regular expressions (ARE) as JavaScript's. What both mean alike is translated; what JavaScript cannot say is
// refused by name. A match is the leftmost one; of those that begin there the longest (PostgreSQL), where JavaScript takes
// the first that it finds: where the two may differ, the end is looked for from the end of the text.

import { fail } from '../base/index.ts'

export interface Pattern {
  /** Whether some part of the text from `from` on matches. */
  test(text: string, from?: number): boolean
  /** The first match at or behind a place, as code units: its bounds and those of its groups. */
  find(text: string, from: number): Match | undefined
}

export interface Match {
  readonly from: number
  readonly to: number
  readonly groups: readonly (string | undefined)[]
}

const KEPT = 128
const compiled = new Map<string, Pattern>()
/** Row after row asks for the same one. */
let last: { readonly source: string; readonly flags: string; readonly pattern: Pattern } | undefined

/** The pattern with its flags (c, i, n, m, s, x; g is for whoever replaces); BAD_PATTERN. @param reluctant see Mode */
export function patternOf(source: string, given = '', reluctant = false): Pattern {
  const flags = reluctant ? `${given} reluctant` : given
  if (last?.source === source && last.flags === flags) return last.pattern
  const key = `${flags}/${source}`
  const pattern = compiled.get(key) ?? compile(source, given, reluctant)
  if (compiled.size >= KEPT) compiled.clear()
  compiled.set(key, pattern)
  last = { source, flags, pattern }
  return pattern
}

interface Mode {
  readonly ignoreCase: boolean
  readonly lines: boolean
  readonly spaced: boolean
  /** What stands before the first group takes as little as it can: that of SUBSTRING … SIMILAR. */
  readonly reluctant: boolean
}

function modeOf(flags: string, reluctant: boolean): Mode {
  const bad = /[^gicnmstx]/.exec(flags)
  if (bad !== null) refuse(`there is no flag "${bad[0]}" here`)
  const last = /[ic](?=[^ic]*$)/.exec(flags)?.[0]
  const line = /[nms](?=[^nms]*$)/.exec(flags)?.[0]
  return { ignoreCase: last === 'i', lines: line === 'n' || line === 'm', spaced: flags.includes('x'), reluctant }
}

export function refuse(reason: string): never {
  return fail('BAD_PATTERN', { reason })
}

function compile(given: string, flags: string, reluctant: boolean): Pattern {
  const options = /^\(\?([a-z]+)\)/.exec(given)
  const mode = modeOf(flags + (options?.[1] ?? ''), reluctant)
  const source = given.slice(options?.[0].length ?? 0).replace(/^\*\*\*:/, '')
  const literally = source.startsWith('***=')
  const { text, isAmbiguous, isLazy } = literally
    ? { text: source.slice(4).replace(/[\\^$.*+?()[\]{}|/]/g, '\\$&'), isAmbiguous: false, isLazy: false }
    : new Translation(source, mode).whole()
  const own = `u${mode.ignoreCase ? 'i' : ''}${mode.lines ? 'm' : 's'}`
  let first: RegExp
  try {
    first = new RegExp(text, `${own}g`)
  } catch (error) {
    refuse(error instanceof Error ? error.message : 'it is not a regular expression')
  }
  const find = (input: string, from: number): Match | undefined => {
    first.lastIndex = from
    const found = first.exec(input)
    if (found === null) return undefined
    return isAmbiguous ? farthest(text, own, input, found, isLazy) : matchOf(found)
  }
  return {
    find,
    test(input, from = 0) {
      first.lastIndex = from
      return first.test(input)
    },
  }
}

const matchOf = (found: RegExpExecArray): Match => ({
  from: found.index,
  to: found.index + found[0].length,
  groups: found.slice(1),
})

/** The match that begins where this one does and ends last (or first): each found one asks for one that goes farther. */
function farthest(text: string, flags: string, input: string, found: RegExpExecArray, isLazy: boolean): Match {
  const from = found.index
  let before = -1
  for (let best = found; ; ) {
    if (isLazy ? best[0] === '' : from + best[0].length === input.length) return matchOf(best)
    if (before < 0) before = lengthOf(input.slice(0, from))
    const length = lengthOf(best[0])
    const wanted = isLazy ? `${before},${before + length - 1}` : `${before + length + 1},`
    const farther = new RegExp(`(?:${text})(?<=(?<![^])[^]{${wanted}})`, `${flags}y`)
    farther.lastIndex = from
    const next = farther.exec(input)
    if (next === null) return matchOf(best)
    best = next
  }
}

/** In characters. */
function lengthOf(text: string): number {
  let length = 0
  for (const _ of text) length++
  return length
}

const CLASSES: Readonly<Record<string, string>> = {
  alpha: '\\p{L}',
  digit: '0-9',
  alnum: '\\p{L}\\p{N}',
  upper: '\\p{Lu}',
  lower: '\\p{Ll}',
  space: '\\s',
  blank: ' \\t',
  punct: '!-\\/:-@\\[-`\\{-~',
  xdigit: '0-9A-Fa-f',
  cntrl: '\\x00-\\x1f\\x7f',
  graph: '\\x21-\\x7e',
  print: '\\x20-\\x7e',
  word: '\\p{L}\\p{N}_',
}

const WORD = '[\\p{L}\\p{N}_]'

/** Escapes outside of brackets. */
const ESCAPES: Readonly<Record<string, string>> = {
  d: '[0-9]',
  D: '[^0-9]',
  s: '\\s',
  S: '\\S',
  w: WORD,
  W: '[^\\p{L}\\p{N}_]',
  A: '(?<![^])',
  Z: '(?![^])',
  m: `(?<!${WORD})(?=${WORD})`,
  M: `(?<=${WORD})(?!${WORD})`,
  y: `(?:(?<!${WORD})(?=${WORD})|(?<=${WORD})(?!${WORD}))`,
  Y: `(?:(?<=${WORD})(?=${WORD})|(?<!${WORD})(?!${WORD}))`,
  a: '\\x07',
  b: '\\x08',
  B: '\\\\',
  e: '\\x1b',
  f: '\\f',
  n: '\\n',
  r: '\\r',
  t: '\\t',
  v: '\\v',
}

interface Parenthesis {
  /** Its number, if it captures. */
  readonly group: number | undefined
  readonly looks: boolean
  readonly before: ReadonlySet<number>
  branches: boolean
}

class Translation {
  readonly #from: string[]
  readonly #mode: Mode
  #at = 0
  #depth = 0
  #lazy = 0
  #greedy = 0
  #ambiguous = false
  #groups = 0
  /** Groups that have matched for certain, wherever the reading is; before each open parenthesis too. */
  #sure: ReadonlySet<number> = new Set()
  readonly #open: Parenthesis[] = [{ group: undefined, looks: false, before: new Set(), branches: false }]

  constructor(source: string, mode: Mode) {
    this.#from = Array.from(source)
    this.#mode = mode
  }

  whole(): { readonly text: string; readonly isAmbiguous: boolean; readonly isLazy: boolean } {
    let text = ''
    while (this.#at < this.#from.length) text += this.#next()
    if (this.#depth > 0) refuse('parentheses () not balanced')
    if (this.#lazy > 0 && this.#greedy > 0)
      refuse('greedy and non-greedy quantifiers in one pattern: PostgreSQL lets the first decide for all')
    return { text, isAmbiguous: this.#ambiguous, isLazy: this.#lazy > 0 }
  }

  #next(): string {
    const each = this.#from[this.#at++] as string
    if (this.#mode.spaced && /\s/.test(each)) return ''
    if (this.#mode.spaced && each === '#') return this.#comment()
    switch (each) {
      case '\\':
        return this.#quantified(this.#escape())
      case '[':
        return this.#quantified(this.#bracket())
      case '(':
        return this.#opened()
      case ')':
        if (this.#depth === 0) refuse('parentheses () not balanced')
        this.#depth--
        this.#close()
        return this.#quantified(')', true)
      case '|':
        this.#ambiguous = true
        this.#branch()
        return '|'
      case '.':
        return this.#quantified(this.#mode.lines ? '[^\\n]' : '[^]')
      case '^':
        return '^'
      case '$':
        return '$'
      case '*':
      case '+':
      case '?':
        return refuse('quantifier operand invalid')
      case '{':
        if (/\d/.test(this.#from[this.#at] ?? '')) refuse('quantifier operand invalid')
        return this.#quantified('\\{')
      case '}':
      case ']':
        return this.#quantified(`\\${each}`)
      case '/':
        return this.#quantified('\\/')
      default:
        return this.#quantified(each)
    }
  }

  #comment(): string {
    while (this.#at < this.#from.length && this.#from[this.#at] !== '\n') this.#at++
    return ''
  }

  #opened(): string {
    this.#depth++
    const rest = this.#from.slice(this.#at, this.#at + 3).join('')
    const kind = /^\?(?::|=|!|<=|<!|#)/.exec(rest)?.[0]
    if (kind === '?#') {
      this.#depth--
      while (this.#at < this.#from.length && this.#from[this.#at++] !== ')');
      return ''
    }
    if (kind === undefined) {
      if (rest.startsWith('?')) refuse('quantifier operand invalid')
      this.#open.push({ group: ++this.#groups, looks: false, before: this.#sure, branches: false })
      return '('
    }
    this.#at += kind.length
    this.#open.push({ group: undefined, looks: kind !== '?:', before: this.#sure, branches: false })
    return `(${kind}`
  }

  #branch(): void {
    const around = this.#open.at(-1) as Parenthesis
    around.branches = true
    this.#sure = around.before
  }

  /** What is within one of several branches, or may be left out, may not have matched behind it. */
  #close(): void {
    const { group, before, branches } = this.#open.pop() as Parenthesis
    const isOptional = /^(?:[*?]|\{0)/.test(this.#from.slice(this.#at, this.#at + 2).join(''))
    if (isOptional || branches) this.#sure = before
    if (group !== undefined && !isOptional) this.#sure = new Set([...this.#sure, group])
  }

  /** In PostgreSQL a group that has not matched matches nothing; in JavaScript the empty text. */
  #back(group: number): string {
    if (this.#open.some(each => each.looks)) refuse('a back reference within a lookaround')
    if (!this.#sure.has(group)) refuse(`a back reference \\${group} to what may not have matched`)
    return `\\${group}`
  }

  /** The atom with what stands behind it: how often. */
  #quantified(atom: string, isGroup = false): string {
    const rest = this.#from.slice(this.#at).join('')
    const found = /^(?:[*+?]|\{(\d+)(,(\d*))?\})(\??)/.exec(rest)
    if (found === null) return atom
    const [text, low, , high, lazy] = found
    this.#at += text.length
    if (Number(low ?? 0) > 255 || Number(high || 0) > 255) refuse('invalid repetition count(s)')
    if (/^[*+?{]/.test(this.#from[this.#at] ?? '') && !/^\{\D/.test(rest.slice(text.length, text.length + 2)))
      refuse('quantifier operand invalid')
    if (lazy === '?') this.#lazy++
    else if (low === undefined || found[2] !== undefined) this.#greedy++
    // What a group takes more often may be too little behind it.
    if (isGroup) this.#ambiguous = true
    return this.#mode.reluctant && this.#groups === 0 && lazy === '' ? `${atom}${text}?` : atom + text
  }

  #escape(): string {
    const each = this.#from[this.#at++]
    if (each === undefined) refuse('invalid escape \\ sequence')
    const known = ESCAPES[each]
    if (known !== undefined) return known
    if (/[1-9]/.test(each)) return this.#back(Number(each))
    return this.#code(each) ?? escaped(each)
  }

  /** Characters by their numbers. */
  #code(kind: string): string | undefined {
    const digits = { x: /^[0-9a-fA-F]+/, u: /^[0-9a-fA-F]{4}/, U: /^[0-9a-fA-F]{8}/, 0: /^[0-7]{0,2}/ }[kind]
    if (kind === 'c') {
      const letter = this.#from[this.#at++] ?? ''
      return `\\u{${((letter.codePointAt(0) ?? 0) & 31).toString(16)}}`
    }
    if (digits === undefined) {
      if (/[a-zA-Z]/.test(kind)) refuse(`invalid escape \\${kind}`)
      return undefined
    }
    const found = digits.exec(this.#from.slice(this.#at).join(''))?.[0]
    if (found === undefined) refuse(`invalid escape \\${kind}`)
    this.#at += found.length
    const point = Number.parseInt(found === '' ? '0' : found, kind === '0' ? 8 : 16)
    if (point > 0x10_ff_ff) refuse(`invalid escape \\${kind}`)
    return `\\u{${point.toString(16)}}`
  }

  /** `[…]`: ranges, classes by name, escapes. */
  #bracket(): string {
    const rest = this.#from.slice(this.#at).join('')
    if (rest.startsWith('[:<:]]') || rest.startsWith('[:>:]]')) {
      this.#at += 6
      return (rest.startsWith('[:<') ? ESCAPES['m'] : ESCAPES['M']) as string
    }
    let text = '['
    if (this.#from[this.#at] === '^') {
      this.#at++
      text += this.#mode.lines ? '^\\n' : '^'
    }
    for (let first = true; ; first = false) {
      const each = this.#from[this.#at++]
      if (each === undefined) refuse('brackets [] not balanced')
      if (each === ']' && !first) return `${text}]`
      text += this.#member(each)
    }
  }

  #member(each: string): string {
    if (each === '[') return this.#named()
    if (each === '\\') {
      const kind = this.#from[this.#at++] ?? ''
      const known = { d: '0-9', s: '\\s', w: '\\p{L}\\p{N}_', B: '\\\\' }[kind]
      if (known !== undefined) return known
      if (/[DSWAZmMyY]/.test(kind)) refuse(`\\${kind} within brackets`)
      return (ESCAPES[kind] as string | undefined) ?? this.#code(kind) ?? escaped(kind)
    }
    const isRange = this.#from[this.#at] === '-' && this.#from[this.#at + 1] !== ']'
    if (each === '-' || !isRange) return escaped(each)
    const end = this.#from[this.#at + 1] ?? ''
    if (end !== '[' && end !== '\\' && (end.codePointAt(0) ?? 0) < (each.codePointAt(0) ?? 0))
      refuse('invalid character range')
    this.#at++
    return `${escaped(each)}-`
  }

  #named(): string {
    const rest = this.#from.slice(this.#at).join('')
    const found = /^(?::([a-z]+):|\.(.)\.|=(.)=)\]/u.exec(rest)
    if (found === null) return '\\['
    this.#at += Array.from(found[0]).length
    const [, name, one, same] = found
    if (name === undefined) return escaped((one ?? same) as string)
    return CLASSES[name] ?? unknownClass(name)
  }
}

function unknownClass(name: string): never {
  refuse(`invalid character class [:${name}:]`)
}

export const escaped = (each: string): string =>
  /[\\^$.*+?()[\]{}|/-]/.test(each) ? `\\${each === '-' ? 'u{2d}' : each}` : each
