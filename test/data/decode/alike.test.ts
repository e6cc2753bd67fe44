// Rows that look alike are decoded a short way (src/kernels/assembly/json-alike.ts). Law: it makes no difference. The
// oracle is a new decoder for every line, which knows nothing and takes the long way.
import assert from 'node:assert/strict'
import { test } from 'node:test'
import { createDecoder, Memory } from '../../../src/data/index.ts'
import { type Rng, seeded } from '../../support/seed.ts'
import { decode, decodePieces, schema } from './read.ts'

const COLUMNS =
  'id int, at timestamp?, name string?, wide string?, price double?, ok boolean?, tags json?, day date?, absent int?'
const SOME = 'id int, at timestamp?, name string?, price double?, ok boolean?, tags json?, day date?'
const BYTES = new TextEncoder()

const digits = (rng: Rng, most: number): string => String(rng.int64()).replace(/^-?0*/, '').slice(0, rng.int(1, most))
const two = (value: number): string => String(value).padStart(2, '0')

function instant(rng: Rng): string {
  const day = `2026-0${rng.int(1, 9)}-${two(rng.int(1, rng.oneIn(20) ? 40 : 28))}`
  const time = `${two(rng.int(0, rng.oneIn(20) ? 30 : 23))}:${two(rng.int(0, 59))}:${two(rng.int(0, rng.oneIn(20) ? 70 : 59))}`
  return `"${day}T${time}${rng.pick(['.123Z', '.9Z', 'Z', '.000001Z', '+01:00', '.050Z', ''])}"`
}

const sign = (rng: Rng): string => (rng.oneIn(4) ? '-' : '')
const decimal = (rng: Rng): string => `${sign(rng)}${digits(rng, 9)}${rng.oneIn(3) ? '' : `.${digits(rng, 9)}`}`
const wide = (rng: Rng): string => JSON.stringify(rng.pick(['plain', 'größer', '日本語のテキスト', '😀'.repeat(9)]))

const text = (rng: Rng): string => JSON.stringify('plain text, of any length'.repeat(3).slice(0, rng.int(0, 60)))

/** What a column's values look like in a file; now and then something else. */
const USUAL: Record<string, (rng: Rng) => string> = {
  id: rng => `${sign(rng)}${digits(rng, rng.pick([3, 9, 17]))}`,
  at: instant,
  name: text,
  price: decimal,
  ok: rng => rng.pick(['true', 'false']),
  tags: rng => JSON.stringify({ a: rng.int(0, 9), b: ['x', 'y'] }),
  day: () => '"2026-02-28"',
  other: text,
  wide,
  count: rng => digits(rng, 17),
  share: decimal,
  'a key of more than sixteen bytes': rng => digits(rng, 3),
  é: text,
  'a key of more than sixteen bytes, and of more than thirty-two': text,
}
const ODD = [
  'null',
  '0',
  '-1',
  '01',
  '1e3',
  '1.0',
  '"é 😀"',
  '"\\n"',
  '"a\tb"',
  '"',
  '[]',
  '{}',
  '"a"b"',
  '99999999999',
  ' 1',
  '""',
]

interface Look {
  readonly keys: readonly string[]
  readonly colon: string
  readonly comma: string
  readonly end: string
}

function look(rng: Rng): Look {
  const keys = rng.shuffled(Object.keys(USUAL)).slice(0, rng.int(1, 14))
  return {
    keys,
    colon: rng.pick([':', ': ', ' : ']),
    comma: rng.pick([',', ', ', '\t,']),
    end: rng.pick(['}', ' }', '}\r']),
  }
}

function line(rng: Rng, { keys, colon, comma, end }: Look, odd: number): Uint8Array {
  const usual = (key: string): string => (USUAL[key] as (rng: Rng) => string)(rng)
  const members = keys.map(key => `${JSON.stringify(key)}${colon}${rng.oneIn(odd) ? rng.pick(ODD) : usual(key)}`)
  const bytes = Array.from(BYTES.encode(`{${members.join(comma)}${end}`))
  if (rng.oneIn(odd))
    bytes.splice(rng.int(0, bytes.length - 1), 1, rng.pick([34, 44, 58, 92, 125, 0xe9, 0x80, 0x00, 48, 32]))
  return Uint8Array.from(bytes.filter(byte => byte !== 10))
}

const joined = (lines: readonly Uint8Array[]): Uint8Array => Uint8Array.from(lines.flatMap(each => [...each, 10]))

const told = (bad: { code: string; where: { position?: { text?: string; column?: string } } }): unknown => [
  bad.code,
  bad.where.position?.column,
  bad.where.position?.text,
]

seeded('rows that look alike, and some that do not, are decoded as each would be alone', rng => {
  const looks = rng.list(2, () => look(rng)).concat(look(rng))
  const odd = rng.pick([4, 30, 200])
  let one = looks[0] as Look
  const lines = Array.from({ length: 80 }, () => {
    if (rng.oneIn(30)) one = rng.pick(looks)
    return line(rng, one, odd)
  })
  const alone = lines.map(each => decode(COLUMNS, each))
  const pieces = rng.cut([...joined(lines)], rng.int(1, 3)).map(each => Uint8Array.from(each))
  const together = decodePieces(schema(COLUMNS), pieces, { maxRows: rng.pick([1, 7, 4096]) })
  assert.deepEqual(together.rows, alone.flatMap(each => each.rows))
  assert.deepEqual(together.bad.map(told), alone.flatMap(each => each.bad.map(told)))
}, { runs: 60 }) // biome-ignore format: short

test('a string of one column never reaches into the next', () => {
  const usual = '{"a":"x","b":"y"}'
  for (const wrong of ['{"a":"x"y","b":"z"}', '{"a":"x","b":"y"z}', '{"a":"x\\","b":"y"}', '{"a":"x","b":"y"}}']) {
    const { rows, raw } = decode('a string, b string', [usual, usual, usual, wrong, usual].join('\n'))
    assert.deepEqual(
      rows,
      Array.from({ length: 4 }, () => ['x', 'y']),
    )
    assert.deepEqual(raw, [wrong])
  }
})

test('text that is not ASCII is checked in rows that look alike', () => {
  const row = (name: string): Uint8Array => Uint8Array.from([...BYTES.encode('{"other":"'), ...Buffer.from(name, 'latin1'), ...BYTES.encode('","id":1}')]) // biome-ignore format: short
  const lines = [row('plain'), row('plain'), row('\u00c3\u00a9'), row('\u00c3'), row('plain'), row('\u00ff')]
  const { rows, bad } = decode('id int', joined(lines))
  assert.equal(rows.length, 4)
  assert.equal(bad.length, 2)
})

test('rows longer than what is looked at in one go are rows', () => {
  const long = 'x'.repeat(20_000)
  const { rows } = decode('a string, b int', Array.from({ length: 9 }, (_, b) => `{"a":"${long}","b":${b}}`).join('\n'))
  assert.deepEqual(rows.map(row => row[1]), Array.from({ length: 9 }, (_, b) => BigInt(b))) // biome-ignore format: short
  assert.ok(rows.every(row => row[0] === long))
})

test('the short way is taken where rows are alike', () => {
  const memory = new Memory()
  const pad = (value: number): string => String(value).padStart(2, '0')
  const shapes: Record<string, (i: number) => string> = {
    'a new minute now and then': i => `{"id":${i},"at":"2026-01-01T00:${pad(i >> 7)}:${pad(i % 60)}.000Z","name":"x"}`,
    'long texts between the values': i =>
      `{"a key of more than sixteen":"${i}","a key of more than thirty-two bytes, all in all":"x","id":${i}}`,
    'long texts and new minutes': i =>
      `{"a key of more than sixteen":"${i}","at":"2026-01-01T00:${pad(i >> 7)}:00.000Z","id":1}`,
    'not ASCII': i => `{"id":${i},"name":"größer ${i}","a key of more than sixteen":"日本"}`,
    'numbers of all kinds': i =>
      `{"id":${i % 3 === 0 ? -i : i * 1e9},"price":${i / 8},"count":${i % 2 === 0 ? 1.5 : -7}}`,
    'values of other kinds': i => `{"id":${i},"ok":${i % 2 === 0},"tags":[{"a":${i}}],"day":"2026-02-28"}`,
    escapes: i => `{"id":${i},"name":"${i % 7 === 0 ? '\\n' : 'n'}","other":"\\\\"}`,
  }
  for (const [shape, line] of Object.entries(shapes)) {
    const bytes = BYTES.encode(Array.from({ length: 4000 }, (_, i) => `${line(i)}\n`).join(''))
    const badRow = (error: Error): never => {
      throw error
    }
    const options = { format: { kind: 'json' }, schema: schema(SOME), memory, source: 'x', badRow } as const
    const decoder = createDecoder(options)
    decoder.push(bytes, true)
    decoder.next(1000)
    assert.equal(decoder.next(3000)?.rows, 3000, shape)
    assert.equal(memory.kernels.alikeRows() >>> 0, 3000, shape)
    decoder.close()
  }
})
