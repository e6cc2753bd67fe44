// Decoding NEXMark bids: 3 and 7 of 7 fields, against JSON.parse of each line, interleaved in the same run.
//   npm run bench -- decode [rows]
import { closeSync, openSync, readFileSync, readSync } from 'node:fs'
import { createDecoder, Memory } from '../src/data/index.ts'
import { field, scalars, schemaOf } from '../src/types/index.ts'
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

const held = readFileSync(path)
const fromMemory: Blocks = take => {
  for (let at = 0; at < held.length; at += CHUNK) take(held.subarray(at, at + CHUNK), at + CHUNK >= held.length)
}

function decode(columns: readonly string[], blocks: Blocks): number {
  const fail = (error: Error): never => {
    throw error
  }
  const decoder = createDecoder({ format: { kind: 'json' }, schema, columns, memory, source: path, badRow: fail })
  let count = 0
  blocks((bytes, last) => {
    decoder.push(bytes, last)
    for (let batch = decoder.next(); batch !== undefined; batch = decoder.next()) count += batch.rows
  })
  decoder.close()
  return count
}

function parse(): number {
  let count = 0
  for (const line of held.toString('utf8').split('\n')) {
    if (line !== '' && JSON.parse(line).auction >= 0) count++
  }
  return count
}

const all = schema.fields.map(each => each.name)
const cases: readonly (readonly [string, () => number])[] = [
  ['3 of 7 fields, from the file', () => decode(['auction', 'bidder', 'dateTime'], fromFile)],
  ['7 of 7 fields, from the file', () => decode(all, fromFile)],
  ['3 of 7 fields, bytes held', () => decode(['auction', 'bidder', 'dateTime'], fromMemory)],
  ['7 of 7 fields, bytes held', () => decode(all, fromMemory)],
  ['JSON.parse of each line', parse],
]
const best = cases.map(() => Number.POSITIVE_INFINITY)
for (let round = 0; round < ROUNDS; round++) {
  for (const [index, [name, run]] of cases.entries()) {
    const started = performance.now()
    const count = run()
    best[index] = Math.min(best[index] as number, performance.now() - started)
    if (count !== rows) throw new Error(`${name}: ${count} rows instead of ${rows}`)
  }
}
console.log(`${rows} bids, ${held.length} bytes, best of ${ROUNDS}, one thread`)
for (const [index, [name]] of cases.entries()) {
  const ms = best[index] as number
  const rate = (rows / ms / 1000).toFixed(2)
  console.log(`${name.padEnd(30)} ${rate.padStart(7)} M rows/s ${(held.length / ms / 1e6).toFixed(2).padStart(6)} GB/s`)
}
