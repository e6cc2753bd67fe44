// More text: letters and codes, encodings, quoting, formatting.
import { md5 } from '../md5.ts'
import { call, cast, type Expr, literal } from '../node.ts'
import { sha2 } from '../sha2.ts'
import { type Entry, entryIn, int64, overload, raise } from './entry.ts'

const ENCODER = new TextEncoder()
const DECODER = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true })
const points = (text: string): string[] => Array.from(text)
const string = { kind: 'string' } as const

const entry = entryIn('string')

function rewritten(
  name: string,
  signature: string,
  doc: string,
  example: string,
  rewrite: (args: readonly Expr[]) => Expr | undefined,
): Entry {
  return { ...entry(name, doc, example, []), nulls: 'custom', signature, rewrite }
}

const initcap = (text: string): string =>
  text.replace(/[\p{L}\p{N}]+/gu, word => {
    const [first = '', ...rest] = points(word)
    return first.toUpperCase() + rest.join('').toLowerCase()
  })

function translate(text: string, from: string, to: string): string {
  const [old, young] = [points(from), points(to)]
  const by = new Map<string, string>()
  for (const [i, each] of old.entries()) if (!by.has(each)) by.set(each, young[i] ?? '')
  return points(text)
    .map(each => by.get(each) ?? each)
    .join('')
}

function overlay(text: string, by: string, from: bigint, count = BigInt(points(by).length)): string {
  if (from < 1n) raise('INVALID_ARGUMENT')
  const all = points(text)
  const place = (at: bigint): number => Number(at < 0n ? 0n : at > BigInt(all.length) ? BigInt(all.length) : at)
  return all.slice(0, place(from - 1n)).join('') + by + all.slice(place(from - 1n + count)).join('')
}

function chr(code: bigint): string {
  if (code < 1n || code > 0x10ffffn || (code >= 0xd800n && code <= 0xdfffn)) raise('INVALID_ARGUMENT')
  return String.fromCodePoint(Number(code))
}

const hex = (bytes: Uint8Array): string => [...bytes].map(each => each.toString(16).padStart(2, '0')).join('')

function encode(bytes: Uint8Array, format: string): string {
  switch (format.toLowerCase()) {
    case 'hex':
      return hex(bytes)
    case 'base64':
      return (base64(bytes).match(/.{1,76}/g) ?? []).join('\n')
    case 'escape':
      return [...bytes].map(escapedByte).join('')
    default:
      return raise('INVALID_ARGUMENT')
  }
}

const escapedByte = (byte: number): string => {
  if (byte === 0 || byte > 127) return `\\${byte.toString(8).padStart(3, '0')}`
  return byte === 92 ? '\\\\' : String.fromCharCode(byte)
}

const base64 = (bytes: Uint8Array): string => {
  let text = ''
  for (const byte of bytes) text += String.fromCharCode(byte)
  return btoa(text)
}

function decode(text: string, format: string): Uint8Array {
  switch (format.toLowerCase()) {
    case 'hex':
      return unhex(text.replace(/\s/g, ''))
    case 'base64':
      return unbase64(text.replace(/\s/g, ''))
    case 'escape':
      return unescaped(text)
    default:
      return raise('INVALID_ARGUMENT')
  }
}

function unhex(text: string): Uint8Array {
  if (text.length % 2 !== 0 || /[^0-9a-fA-F]/.test(text)) raise('INVALID_ARGUMENT')
  return Uint8Array.from({ length: text.length / 2 }, (_, i) => Number.parseInt(text.slice(i * 2, i * 2 + 2), 16))
}

function unbase64(text: string): Uint8Array {
  if (!/^[A-Za-z0-9+/]*={0,2}$/.test(text) || text.length % 4 !== 0) raise('INVALID_ARGUMENT')
  return Uint8Array.from(atob(text), each => each.charCodeAt(0))
}

function unescaped(text: string): Uint8Array {
  if (/\\(?![0-3][0-7]{2}|\\)/.test(text.replaceAll('\\\\', ''))) raise('INVALID_ARGUMENT')
  const parts = text.split(/(\\\\|\\[0-3][0-7]{2})/)
  return Uint8Array.from(
    parts.flatMap((part, i) => {
      if (i % 2 === 0) return [...ENCODER.encode(part)]
      return part === '\\\\' ? [92] : [Number.parseInt(part.slice(1), 8)]
    }),
  )
}

/** Words that a name must not be without quotes, as far as they are likely. */
const RESERVED: ReadonlySet<string> = new Set(
  `all analyse analyze and any array as asc asymmetric authorization between bigint binary bit boolean both case cast char
  character check coalesce collate collation column concurrently constraint create cross current_catalog current_date
  current_role current_schema current_time current_timestamp current_user dec decimal default deferrable desc distinct do else
  end except exists extract false fetch float for foreign freeze from full grant greatest group grouping having ilike in
  initially inner inout int integer intersect interval into is isnull join lateral leading least left like limit localtime
  localtimestamp national natural nchar none normalize not notnull null nullif numeric offset on only or order out outer overlaps
  overlay placing position precision primary real references returning right row select session_user setof similar smallint some
  substring symmetric system_user table tablesample then time timestamp to trailing treat trim true union unique user using values
  varchar variadic verbose when where window with xmlattributes xmlconcat xmlelement xmlexists xmlforest xmlnamespaces xmlparse
  xmlpi xmlroot xmlserialize xmltable`.split(/\s+/),
)

const quoteIdent = (name: string): string =>
  /^[a-z_][a-z0-9_]*$/.test(name) && !RESERVED.has(name) ? name : `"${name.replaceAll('"', '""')}"`

const quoteLiteral = (text: string): string => {
  const doubled = text.replaceAll("'", "''")
  return text.includes('\\') ? ` E'${doubled.replaceAll('\\', '\\\\')}'`.trimStart() : `'${doubled}'`
}

/** concat_ws: each argument that is not null with the separator before it, then without the first separator. */
function concatWith([separator, ...args]: readonly Expr[]): Expr | undefined {
  if (separator === undefined || args.length === 0) return undefined
  const parts = args.map(each =>
    call('coalesce', call('join_text', separator, cast(each, string)), literal('', string)),
  )
  const all = parts.reduce((a, b) => call('join_text', a, b))
  const one = literal(1, { kind: 'int' })
  return call('substring', all, call('add', call('length', separator), one))
}

/** format: the pattern is a constant, so it is concatenation. */
function formatted([pattern, ...args]: readonly Expr[]): Expr | undefined {
  if (pattern?.kind !== 'literal' || typeof pattern.value !== 'string') return undefined
  let next = 0
  const parts: Expr[] = []
  for (const piece of pattern.value.split(/(%(?:\d+\$)?-?\d*[sIL]|%%)/)) {
    const found = /^%(?:(\d+)\$)?(-?)(\d*)([sIL])$/.exec(piece)
    if (found === null) {
      if (piece !== '%%' && piece.includes('%')) return undefined
      parts.push(literal(piece === '%%' ? '%' : piece, string))
      continue
    }
    const [, place, minus, width, kind] = found
    next = place === undefined ? next + 1 : Number(place)
    const of = args[next - 1]
    if (of === undefined) return undefined
    parts.push(padded(shown(of, kind as string), width as string, minus === '-'))
  }
  return parts.reduce((a, b) => call('join_text', a, b))
}

function shown(of: Expr, kind: string): Expr {
  const text = cast(of, string)
  if (kind === 's') return call('coalesce', text, literal('', string))
  return kind === 'I' ? call('quote_ident', text) : call('quote_nullable', text)
}

/** Filled up to the width, never cut. */
function padded(text: Expr, width: string, atEnd: boolean): Expr {
  if (width === '' || width === '0') return text
  const least = literal(Number(width), { kind: 'int' })
  const most = call('greatest', least, call('length', text))
  return call(atEnd ? 'rpad' : 'lpad', text, most, literal(' ', string))
}

const nullable = ([of]: readonly Expr[]): Expr =>
  call('coalesce', call('quote_literal', cast(of as Expr, string)), literal('NULL', string))

function fitText(text: string, most: bigint): string {
  const characters = [...text]
  if (BigInt(characters.length) <= most) return text
  const rest = characters.slice(Number(most < 0n ? 0n : most))
  return rest.every(each => each === ' ') ? characters.slice(0, Number(most)).join('') : raise('INVALID_TEXT')
}

const HASHES = ['sha224', 'sha256', 'sha384', 'sha512'] as const

const hashes = HASHES.map(name =>
  entry(
    name,
    `The ${name.toUpperCase()} hash of bytes.`,
    `length(${name}('abc'::bytea)) → ${Number(name.slice(3)) / 8}`,
    [overload('binary', 'binary', (a: Uint8Array) => sha2(name, a))],
  ),
)

const ESCAPE = /\\(?:\\|([0-9a-fA-F]{4})|\+([0-9a-fA-F]{6})|u([0-9a-fA-F]{4})|U([0-9a-fA-F]{8})|)/g

/** Characters by their numbers; halves of a pair of UTF-16 stand side by side. */
function unistr(text: string): string {
  const made = text.replace(ESCAPE, (all, ...codes: (string | undefined)[]) => {
    if (all === '\\\\') return '\\'
    const code = Number.parseInt(codes.slice(0, 4).find(each => each !== undefined) ?? 'none', 16)
    if (!(code > 0 && code <= 0x10ffff)) raise('INVALID_TEXT')
    return code > 0xffff ? String.fromCodePoint(code) : String.fromCharCode(code)
  })
  return made.isWellFormed() ? made : raise('INVALID_TEXT')
}

export const texts: readonly Entry[] = [
  ...hashes,
  entry(
    'unistr',
    'The text with \\XXXX, \\+XXXXXX, \\uXXXX and \\UXXXXXXXX as the characters of these numbers.',
    "unistr('d\\0061t\\+000061') → data",
    [overload('string', 'string', unistr)],
  ),
  entry('initcap', 'Each word with a capital first letter, the others small.', "initcap('hi THERE') → Hi There", [
    overload('string', 'string', initcap),
  ]),
  entry(
    'translate',
    'Each character of the second text replaced by the one in its place in the third, or dropped.',
    "translate('12345', '143', 'ax') → a2x5",
    [overload('string string string', 'string', translate)],
  ),
  entry(
    'overlay',
    "The second text in the place of the first one's characters from a place on: as many as it has, or as given.",
    "overlay('Txxxxas', 'hom', 2, 4) → Thomas",
    [overload('string string int', 'string', overlay), overload('string string int int', 'string', overlay)],
  ),
  entry(
    'fit_text',
    'The text, where it has at most so many characters but for blanks at its end, which are cut off; an INVALID_TEXT where it has more.',
    "fit_text('ab  ', 2) → ab",
    [overload('string int', 'string', fitText)],
  ),
  entry('ascii', 'The code point of the first character; 0 for the empty text.', "ascii('x') → 120", [
    overload('string', 'int', (a: string) => BigInt(a.codePointAt(0) ?? 0)),
  ]),
  entry('chr', 'The character of a code point.', 'chr(65) → A', [overload('int', 'string', chr)]),
  entry('bit_length', 'The number of bits.', "bit_length('jose') → 32", [
    overload('string', 'int', (a: string) => BigInt(ENCODER.encode(a).length * 8)),
    overload('binary', 'int', (a: Uint8Array) => BigInt(a.length * 8)),
  ]),
  entry('md5', 'The MD5 hash, as hexadecimal digits.', "md5('abc') → 900150983cd24fb0d6963f7d28e17f72", [
    overload('string', 'string', (a: string) => md5(ENCODER.encode(a))),
    overload('binary', 'string', (a: Uint8Array) => md5(a)),
  ]),
  entry('to_hex', 'Hexadecimal digits of a whole number.', 'to_hex(255) → ff', [
    overload('int', 'string', (a: bigint) => BigInt.asUintN(64, a).toString(16)),
  ]),
  entry('to_oct', 'Octal digits of a whole number.', 'to_oct(8) → 10', [
    overload('int', 'string', (a: bigint) => BigInt.asUintN(64, a).toString(8)),
  ]),
  entry('to_bin', 'Binary digits of a whole number.', 'to_bin(5) → 101', [
    overload('int', 'string', (a: bigint) => BigInt.asUintN(64, a).toString(2)),
  ]),
  entry('encode', 'Bytes as text: hex, base64 or escape.', "encode('\\x0102', 'hex') → 0102", [
    overload('binary string', 'string', encode),
  ]),
  entry('decode', 'The bytes of a text in hex, base64 or escape.', "decode('0102', 'hex') → \\x0102", [
    overload('string string', 'binary', decode),
  ]),
  entry('convert_from', 'Bytes read as UTF-8.', "convert_from('\\x61', 'UTF8') → a", [
    overload('binary string', 'string', (a: Uint8Array, encoding: string) => utf8(encoding, () => DECODER.decode(a))),
  ]),
  entry('convert_to', 'The bytes of a text in UTF-8.', "convert_to('a', 'UTF8') → \\x61", [
    overload('string string', 'binary', (a: string, encoding: string) => utf8(encoding, () => ENCODER.encode(a))),
  ]),
  entry('quote_ident', 'As a name in SQL, in quotes where it needs them.', 'quote_ident(\'Foo bar\') → "Foo bar"', [
    overload('string', 'string', quoteIdent),
  ]),
  entry('quote_literal', 'As a constant in SQL.', "quote_literal('it''s') → 'it''s'", [
    overload('string', 'string', quoteLiteral),
  ]),
  rewritten(
    'quote_nullable',
    'quote_nullable(T) → string',
    'As a constant in SQL; NULL for null.',
    'quote_nullable(null) → NULL',
    args => (args.length === 1 ? nullable(args) : undefined),
  ),
  rewritten(
    'concat_ws',
    'concat_ws(string, T, …) → string',
    'The arguments behind the first as text, with it between them; nulls are passed over.',
    "concat_ws(', ', 'a', null, 1) → a, 1",
    concatWith,
  ),
  rewritten(
    'format',
    'format(string, T, …) → string',
    'The pattern, a constant, with %s, %I (a name) and %L (a constant) replaced by the arguments; %1$s names one, %5s pads.',
    "format('%s has %s', 'a', 1) → a has 1",
    formatted,
  ),
]

function utf8<T>(encoding: string, make: () => T): T {
  if (!/^utf-?8$/i.test(encoding)) raise('INVALID_ARGUMENT')
  try {
    return make()
  } catch {
    return raise('INVALID_ARGUMENT')
  }
}

const bits = (
  name: string,
  infix: string,
  doc: string,
  example: string,
  twin: (a: bigint, b: bigint) => bigint,
): Entry => ({
  ...entry(name, doc, example, [overload('int int', 'int', twin)]),
  family: 'math',
  infix,
})

const shift = (by: bigint): bigint => ((by % 64n) + 64n) % 64n

export const bitOperations: readonly Entry[] = [
  bits('bitwise_and', '&', 'The bits that both have.', 'bitwise_and(91, 15) → 11', (a, b) => a & b),
  bits('bitwise_or', '|', 'The bits that one has.', 'bitwise_or(32, 3) → 35', (a, b) => a | b),
  bits('bitwise_xor', '#', 'The bits that only one has.', 'bitwise_xor(17, 5) → 20', (a, b) => a ^ b),
  bits('shift_left', '<<', 'The bits so many places up.', 'shift_left(1, 4) → 16', (a, b) =>
    BigInt.asIntN(64, a << shift(b)),
  ),
  bits('shift_right', '>>', 'The bits so many places down.', 'shift_right(8, 2) → 2', (a, b) => int64(a >> shift(b))),
  {
    ...entry('bitwise_not', 'All bits turned.', 'bitwise_not(1) → -2', [overload('int', 'int', (a: bigint) => ~a)]),
    family: 'math',
    infix: '~',
  },
]
