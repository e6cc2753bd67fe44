// What is UTF-8 is decided as the platform decides it, for every first and second byte and at every length.
import assert from 'node:assert/strict'
import { test } from 'node:test'
import { seeded } from '../../support/seed.ts'
import { decode } from './read.ts'

const STRICT = new TextDecoder('utf-8', { fatal: true })

function isText(bytes: readonly number[]): boolean {
  try {
    STRICT.decode(Uint8Array.from(bytes))
    return true
  } catch {
    return false
  }
}

const ascii = (text: string): number[] => Array.from(text, each => each.charCodeAt(0))

/** The candidates that each format takes as a string. */
function taken(candidates: readonly (readonly number[])[], head: string, tail: string, options: object): boolean[] {
  const lines = candidates.flatMap(each => [...ascii(head), ...each, ...ascii(tail), 10])
  const { rows, raw } = decode('line string', Uint8Array.from(lines), options)
  assert.equal(rows.length + raw.length, candidates.length)
  const good = new Set(rows.map(([value]) => value))
  return candidates.map(
    each => good.has(new TextDecoder('utf-8', { ignoreBOM: true }).decode(Uint8Array.from(each))) && isText(each),
  )
}

const formats = [
  ['lines', '', '', { format: { kind: 'lines' } }],
  ['json', '{"line":"', '"}', {}],
  ['csv', '"', '"', { format: { kind: 'csv', header: false } }],
  ['csv without quotes', '', '', { format: { kind: 'csv', header: false } }],
] as const

// Each is told apart by its number, and padded so that it crosses a block of 16 bytes.
const numbered = (sequence: readonly number[], index: number): number[] => [
  ...ascii(`${index}${'.'.repeat(index % 17)}`),
  ...sequence,
]

const sequences = Array.from({ length: 128 }, (_, first) => first + 128).flatMap(first =>
  [0x41, 0x7f, 0x80, 0x8f, 0x90, 0x9f, 0xa0, 0xbf, 0xc0, 0xff].flatMap(second => [
    [first, second],
    [first, second, 0x80],
    [first, second, 0xbf, 0xbf],
    [first, second, 0x80, 0x41],
    [first, second, 0x80, 0x80, 0x80],
  ]),
)

for (const [name, head, tail, options] of formats) {
  test(`${name}: ${sequences.length} sequences`, () => {
    const candidates = sequences.map(numbered)
    assert.deepEqual(taken(candidates, head, tail, options), candidates.map(isText)) // biome-ignore format: short
  })
}

seeded('mixed text, changed at random', rng => {
  const texts = ['a', 'é', '世', '😀', '\u07ff', '\uffff', 'plain text of more than sixteen bytes']
  const candidates = Array.from({ length: 50 }, (_, index) => {
    const bytes = [...ascii(String(index)), ...new TextEncoder().encode(rng.list(9, () => rng.pick(texts)).join(''))]
    if (rng.oneIn(2)) bytes[rng.int(1, bytes.length)] = rng.int(128, 255)
    return bytes
  })
  for (const [, head, tail, options] of formats) {
    assert.deepEqual(taken(candidates, head, tail, options), candidates.map(isText)) // biome-ignore format: short
  }
})
