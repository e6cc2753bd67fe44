// Decoding NEXMark bids: 3 and 7 of 7 fields, against JSON.parse of each line; and writing them again, against
// JSON.stringify of each row. Interleaved in the same run.
//   npm run bench -- decode [rows]
import { closeSync, openSync, readFileSync, readSync } from 'node:fs'
import { type Batch, createDecoder, createEncoder, Memory } from '../src/data/index.ts'
import { type Field, field, scalars, schemaOf } from '../src/types/index.ts'
import { nexmarkBids } from './data/nexmark.ts'

const rows = Number(process.argv[2] ?? 400_000)
const path = nexmarkBids(rows)
const ROUNDS = 5
const CHUNK = 1 << 20

const schema = schemaOf([
  field('auction', scalars.int),
  field('bidder', scalars.int),
  field('price', scalars.int),
  field('channel', scalars.string),
  field('url', scalars.string),
  field('dateTime', scalars.timestamp),
  field('extra', scalars.string),
])
const memory = new Memory()

type Format = { readonly kind: 'json' } | { readonly kind: 'csv' }

/** Blocks of the file, from disk or held. */
type Blocks = (take: (bytes: Uint8Array, last: boolean) => void) => void

const fromFile: Blocks = take => {
  const file = openSync(path, 'r')
  const buffer = new Uint8Array(CHUNK)
  for (;;) {
    const read = readSync(file, buffer, 0, CHUNK, null)
    take(buffer.subarray(0, read), read === 0)
    if (read === 0) break
  }
  closeSync(file)
}

const blocksOf =
  (bytes: Uint8Array): Blocks =>
  take => {
    for (let at = 0; at < bytes.length; at += CHUNK) take(bytes.subarray(at, at + CHUNK), at + CHUNK >= bytes.length)
  }

const held = readFileSync(path)

function decode(columns: readonly string[], blocks: Blocks, format: Format = { kind: 'json' }): number {
  const fail = (error: Error): never => {
    throw error
  }
  const decoder = createDecoder({ format, schema, columns, memory, source: path, badRow: fail })
  let count = 0
  blocks((bytes, last) => {
    decoder.push(bytes, last)
    for (let batch = decoder.next(); batch !== undefined; batch = decoder.next()) count += batch.rows
  })
  decoder.close()
  return count
}

/** Batches of the first rows, decoded before the clock starts: the decoder stays open, its last batch is the one. */
function encoding(columns: readonly string[], format: Format): () => number {
  const some = schemaOf(columns.map(name => schema.fields.find(each => each.name === name) as Field))
  const decoder = createDecoder({ format: { kind: 'json' }, schema, columns, memory, source: path, badRow: () => {} })
  decoder.push(held.subarray(0, 4 << 20), true)
  const batch = decoder.next() as Batch
  const encoder = createEncoder({ format, schema: some, memory })
  return () => {
    let count = 0
    let bytes = 0
    for (; count < rows; count += batch.rows) bytes += encoder.encode(batch).length
    return bytes > 0 ? rows : count
  }
}

function stringify(): number {
  const parsed = held
    .toString('utf8', 0, 1 << 20)
    .split('\n')
    .slice(0, 4000)
    .map(line => JSON.parse(line))
  const started = performance.now()
  let count = 0
  for (let text = ''; count < rows; count += parsed.length) {
    text = ''
    for (const row of parsed) text += `${JSON.stringify(row)}\n`
    if (Buffer.from(text).length === 0) return 0
  }
  elapsed = performance.now() - started
  return rows
}

let elapsed: number | undefined

function parse(): number {
  let count = 0
  for (const line of held.toString('utf8').split('\n')) {
    if (line !== '' && JSON.parse(line).auction >= 0) count++
  }
  return count
}

/** The same rows as CSV. */
function asCsv(): Uint8Array {
  const decoder = createDecoder({ format: { kind: 'json' }, schema, memory, source: path, badRow: () => {} })
  const encoder = createEncoder({ format: { kind: 'csv' }, schema, memory })
  const parts = [encoder.header]
  blocksOf(held)((bytes, last) => {
    decoder.push(bytes, last)
    for (let batch = decoder.next(); batch !== undefined; batch = decoder.next())
      parts.push(encoder.encode(batch).slice())
  })
  decoder.close()
  encoder.close()
  return Buffer.concat(parts)
}
const records = asCsv()

const all = schema.fields.map(each => each.name)
const cases: readonly (readonly [string, () => number])[] = [
  ['3 of 7 fields, from the file', () => decode(['auction', 'bidder', 'dateTime'], fromFile)],
  ['7 of 7 fields, from the file', () => decode(all, fromFile)],
  ['3 of 7 fields, bytes held', () => decode(['auction', 'bidder', 'dateTime'], blocksOf(held))],
  ['7 of 7 fields, bytes held', () => decode(all, blocksOf(held))],
  ['7 of 7 fields of CSV', () => decode(all, blocksOf(records), { kind: 'csv' })],
  ['JSON.parse of each line', parse],
  ['3 ints as JSON lines', encoding(['auction', 'bidder', 'price'], { kind: 'json' })],
  ['7 fields as JSON lines', encoding(all, { kind: 'json' })],
  ['7 fields as CSV', encoding(all, { kind: 'csv' })],
  ['JSON.stringify of each row', stringify],
]
const best = cases.map(() => Number.POSITIVE_INFINITY)
for (let round = 0; round < ROUNDS; round++) {
  for (const [index, [name, run]] of cases.entries()) {
    const started = performance.now()
    const count = run()
    best[index] = Math.min(best[index] as number, elapsed ?? performance.now() - started)
    elapsed = undefined
    if (count !== rows) throw new Error(`${name}: ${count} rows instead of ${rows}`)
  }
}
console.log(`${rows} bids, ${held.length} bytes, best of ${ROUNDS}, one thread`)
for (const [index, [name]] of cases.entries()) {
  const ms = best[index] as number
  console.log(`${name.padEnd(30)} ${(rows / ms / 1000).toFixed(2).padStart(7)} M rows/s`)
}
