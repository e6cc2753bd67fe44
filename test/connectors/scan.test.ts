// Where rows end is found 64 bytes at a time (src/kernels/assembly/row-scan.ts). Law: it is where one who reads byte by byte
// finds it, however the bytes come.
import assert from 'node:assert/strict'
import { RowScan } from '../../src/connectors/files/scan.ts'
import { Memory } from '../../src/data/index.ts'
import { type Rng, seeded } from '../support/seed.ts'

const [NEWLINE, RETURN, QUOTE] = [10, 13, 34]

interface Found {
  readonly rows: number
  readonly end: number
  readonly done: boolean
}

interface Limits {
  readonly rows: number
  readonly bytes: number
  readonly quoted: boolean
  readonly header: boolean
}

/** Byte by byte. */
function slowly(bytes: Uint8Array, limits: Limits): Found {
  let [rows, end, done, quotes, holds] = [limits.header ? -1 : 0, 0, false, false, false]
  const endRow = (at: number): void => {
    if (holds) rows++
    holds = false
    end = at
    done = rows >= 0 && (rows >= limits.rows || at >= limits.bytes)
  }
  for (let i = 0; i < bytes.length && !done; i++) {
    if (bytes[i] === NEWLINE && !quotes) endRow(i + 1)
    else if (bytes[i] !== RETURN) {
      holds = true
      if (bytes[i] === QUOTE && limits.quoted) quotes = !quotes
    }
  }
  if (!done && bytes.length > end) endRow(bytes.length)
  return { rows, end, done }
}

function text(rng: Rng): Uint8Array {
  const letters = rng.pick([
    [97, NEWLINE],
    [97, 98, NEWLINE, RETURN, QUOTE],
    [...Array(40).fill(97), NEWLINE, QUOTE],
    [...Array(300).fill(97), QUOTE, QUOTE, NEWLINE],
  ]) as number[]
  return Uint8Array.from({ length: rng.int(0, rng.pick([5, 300, 4000])) }, () => rng.pick(letters))
}

const memory = new Memory()
const before = memory.used

seeded('a scan finds what one finds who looks at every byte', rng => {
  const bytes = rng.oneIn(10) ? Uint8Array.from({ length: 200_000 }, (_, i) => (i % 97 === 0 ? NEWLINE : 97)) : text(rng)
  const limits = {
    rows: rng.pick([0, 1, 2, 50, Number.POSITIVE_INFINITY]),
    bytes: rng.pick([0, 1, 64, 700, 150_000, Number.POSITIVE_INFINITY]),
    quoted: rng.oneIn(2),
    header: rng.oneIn(3),
  }
  const scan = new RowScan(memory, limits.rows, limits.bytes, limits.quoted, limits.header)
  for (const piece of rng.cut([...bytes], rng.int(1, 4))) if (scan.push(Uint8Array.from(piece))) break
  scan.finish()
  assert.deepEqual({ rows: scan.rows, end: scan.end, done: scan.done }, slowly(bytes, limits))
  assert.equal(memory.used, before)
}, { runs: 400 }) // biome-ignore format: short
