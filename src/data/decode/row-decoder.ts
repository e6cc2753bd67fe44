// Drives a row kernel over chunks: the same for every text format. Law: however the input is cut into pushes and
// however many rows a call may take, the rows, the bad rows and their places are the same.
import { assert, type Position } from '../../base/index.ts'
import { leaves, showType } from '../../types/index.ts'
import { BATCH_ROWS, type Batch, batchOf, type Origin } from '../batch.ts'
import { type Arena, type Memory, type Ptr, utf8 } from '../memory.ts'
import { badRowError, shown } from './bad-row.ts'
import { Chunk } from './chunk.ts'
import { INCOMPLETE, logicalOf, OPEN_QUOTE, STRUCT, TOO_LONG } from './codes.ts'
import { allocateColumn, askedFields, type DecodedColumn, type StructColumn, structsOf } from './columns.ts'
import type { Decoder, DecoderOptions, Place } from './decoder.ts'
import { shapeOf } from './shape.ts'

/** A kernel of a format. */
export interface RowKernel {
  /** The decoder's handle; all its memory comes from `arena`. */
  open(arena: Arena, columns: number, starts: Ptr): Ptr
  /** Decode until the batch has `most` rows; the address where it stopped. `closed`: the input ends at `end`. */
  decode(handle: Ptr, at: Ptr, end: Ptr, most: number, longest: number, closed: boolean): Ptr
  /** CSV: the names in the header, once they are known. */
  readonly header?: readonly string[] | undefined
}

const DEFAULT_MAX_LINE = 1 << 24
const NEWLINE = 10
const RETURN = 13

export class RowDecoder implements Decoder {
  readonly #options: DecoderOptions
  readonly #memory: Memory
  readonly #kernel: RowKernel
  readonly #arena: Arena
  readonly #texts: Arena
  readonly #columns: readonly DecodedColumn[]
  readonly #structs: readonly StructColumn[]
  readonly #starts: Ptr
  readonly #handle: Ptr
  readonly #chunk: Chunk
  readonly #maxLine: number
  #byte: number
  #line: number
  #closed = false
  #open = true
  /** A line that is too long was told; its rest is dropped. */
  #dropping = false
  #generation = 0

  constructor(options: DecoderOptions, kernel: RowKernel) {
    this.#options = options
    this.#kernel = kernel
    this.#memory = options.memory
    const fields = askedFields(options.schema, options.columns)
    const asked = leaves({ fields })
    this.#maxLine = options.maxLineBytes ?? DEFAULT_MAX_LINE
    this.#byte = options.from?.byte ?? 0
    this.#line = options.from?.line ?? 1
    this.#arena = this.#memory.arena(1 << 16)
    this.#texts = this.#memory.arena(1 << 16)
    this.#chunk = new Chunk(this.#memory)
    this.#columns = asked.map(leaf => allocateColumn(this.#arena, leaf))
    this.#starts = this.#arena.alloc(BATCH_ROWS * 4)
    // In CSV a struct's fields are columns with names of their own.
    this.#structs = options.format.kind === 'json' ? structsOf(fields) : []
    this.#handle = kernel.open(this.#arena, asked.length + this.#structs.length, this.#starts)
    for (const [index, column] of this.#columns.entries()) this.#declare(column, index)
    for (const [index, struct] of this.#structs.entries()) this.#declareStruct(struct, asked.length + index)
  }

  get place(): Place {
    const { header } = this.#kernel
    return { byte: this.#byte, line: this.#line, ...(header === undefined ? {} : { header }) }
  }

  push(bytes: Uint8Array, last: boolean): void {
    assert(this.#chunk.at === this.#chunk.end, 'push before next() has returned undefined')
    assert(!this.#closed, 'push after the last bytes')
    this.#generation++
    this.#closed = last
    const kept = this.#dropping ? this.#dropLine(bytes) : bytes
    this.#chunk.fill(kept, last)
    this.#skipMark()
    this.#checkCarry()
  }

  next(maxRows = BATCH_ROWS): Batch | undefined {
    this.#generation++
    const most = Math.min(maxRows, BATCH_ROWS)
    const { kernels } = this.#memory
    this.#texts.reset()
    kernels.decoderBegin(this.#handle)
    const origin = this.#originHere()
    let rows = 0
    while (rows < most && this.#chunk.at < this.#chunk.end) rows = this.#decode(most)
    if (rows === 0) return undefined
    const columns = this.#columns.map((each, index) =>
      kernels.decoderNulls(this.#handle, index) === 0 ? each.full : each.nullable,
    )
    return batchOf(columns, rows, origin)
  }

  close(): void {
    if (!this.#open) return
    this.#open = false
    this.#generation++
    this.#chunk.close()
    this.#texts.free()
    this.#arena.free()
  }

  #declare({ leaf, nullable }: DecodedColumn, index: number): void {
    const { kernels } = this.#memory
    const { kind } = leaf.type
    const [text, bytes] = this.#name(leaf.path)
    const accepts = leaf.nullable ? 1 : 0
    const number = logicalOf(leaf.type)
    kernels.decoderColumn(this.#handle, index, text, bytes, number, accepts, nullable.values, nullable.validity)
    if (kind === 'list' || kind === 'map')
      kernels.decoderShape(
        this.#handle,
        index,
        shapeOf(leaf.type, this.#arena, name => name),
      )
  }

  #declareStruct({ path, nullable, members }: StructColumn, index: number): void {
    const { kernels } = this.#memory
    const [text, bytes] = this.#name(path)
    kernels.decoderColumn(this.#handle, index, text, bytes, STRUCT, nullable ? 1 : 0, 0, 0)
    const at = this.#arena.alloc(members.length * 16)
    for (const [i, { column, field }] of members.entries()) {
      const name = utf8(field.name)
      const put = this.#arena.put(name)
      this.#memory.u32.set([column, put, name.length, field.nullable ? 0 : 1], (at >>> 2) + i * 4)
    }
    kernels.decoderStruct(this.#handle, index, at, members.length)
  }

  /** Where the name of a column of a row lies; a field of a struct has no name there. */
  #name(path: readonly string[]): readonly [text: Ptr, bytes: number] {
    if (path.length > 1) return [0, -1]
    const name = utf8(path[0] as string)
    return [this.#arena.put(name), name.length]
  }

  /** One call of the kernel, and what came of it; the rows of the batch so far. */
  #decode(most: number): number {
    const { kernels } = this.#memory
    const chunk = this.#chunk
    this.#texts.use()
    const stopped = this.#kernel.decode(this.#handle, chunk.at, chunk.end, most, this.#maxLine, this.#closed)
    this.#line += kernels.decoderLines(this.#handle)
    this.#consume(stopped)
    const rows = kernels.decoderRows(this.#handle)
    const code = kernels.badCode()
    if (code !== 0) this.#stopped(code)
    return rows
  }

  #stopped(code: number): void {
    if (code === INCOMPLETE) {
      this.#chunk.end = this.#chunk.at
      this.#checkCarry()
      return
    }
    this.#skipBad(code)
  }

  #consume(to: Ptr): void {
    this.#byte += Math.min(to, this.#chunk.given) - this.#chunk.at
    this.#chunk.at = to
  }

  /** Tell the bad row at the chunk's begin, and go on behind it. */
  #skipBad(code: number): void {
    const { kernels, u8 } = this.#memory
    const from = this.#chunk.at
    const to = this.#behind(code)
    assert(to > from && to <= this.#chunk.end, 'a bad row has an end')
    let end = to
    if (u8[end - 1] === NEWLINE) end--
    if (end > from && u8[end - 1] === RETURN) end--
    const raw = u8.slice(from, Math.max(end, from))
    const at = (kernels.badAt() >>> 0) - from
    const column = kernels.badColumn()
    const bad = {
      code,
      source: this.#options.source,
      line: this.#line,
      byte: this.#byte,
      raw,
      at: at >= 0 && at <= raw.length ? at : 0,
      column: column === 0 ? undefined : this.#blamed(column - 1),
      maxLineBytes: this.#maxLine,
    }
    this.#line += kernels.countNewlines(from, to)
    this.#consume(to)
    this.#options.badRow(badRowError(bad), raw)
  }

  #blamed(index: number): { readonly name: string; readonly type: string } {
    const leaf = this.#columns[index]?.leaf
    const struct = this.#structs[index - this.#columns.length]
    if (leaf === undefined) return { name: struct?.path.join('.') ?? '', type: 'struct' }
    return { name: leaf.path.join('.'), type: showType(leaf.type) }
  }

  /** Where decoding goes on after a bad row. */
  #behind(code: number): Ptr {
    const from = this.#chunk.at
    if (code === OPEN_QUOTE) return this.#memory.kernels.lineEnd(from, this.#chunk.end) >>> 0
    if (code === TOO_LONG) return this.#memory.kernels.lineEnd(from + this.#maxLine, this.#chunk.end) >>> 0
    return this.#memory.kernels.badNext() >>> 0
  }

  /** A line that is not all there and already too long is told once, and dropped to the newline. */
  #checkCarry(): void {
    const chunk = this.#chunk
    if (chunk.at !== chunk.end || chunk.filled - chunk.at <= this.#maxLine) return
    const from = chunk.at
    const to = this.#memory.kernels.lineEnd(from + this.#maxLine, chunk.filled) >>> 0
    this.#dropping = this.#memory.u8[to - 1] !== NEWLINE
    const raw = this.#memory.u8.slice(from, from + this.#maxLine)
    const bad = { source: this.#options.source, line: this.#line, byte: this.#byte, column: undefined }
    this.#line += this.#memory.kernels.countNewlines(from, to)
    this.#consume(to)
    chunk.end = to
    this.#options.badRow(badRowError({ ...bad, code: TOO_LONG, raw, at: 0, maxLineBytes: this.#maxLine }), raw)
  }

  #dropLine(bytes: Uint8Array): Uint8Array {
    const newline = bytes.indexOf(NEWLINE)
    this.#dropping = newline < 0
    const dropped = newline < 0 ? bytes.length : newline + 1
    this.#byte += dropped
    if (newline >= 0) this.#line++
    return bytes.subarray(dropped)
  }

  /** A byte order mark is not part of the first line. */
  #skipMark(): void {
    const { at, filled } = this.#chunk
    if (this.#byte !== 0 || filled - at < 3) return
    const { u8 } = this.#memory
    if (u8[at] === 0xef && u8[at + 1] === 0xbb && u8[at + 2] === 0xbf) this.#consume(at + 3)
    if (this.#chunk.end < this.#chunk.at) this.#chunk.end = this.#chunk.at
  }

  #originHere(): Origin {
    const base = this.#chunk.at
    const generation = this.#generation
    const [byte, line] = [this.#byte, this.#line]
    const { source } = this.#options
    // Who asks for one row after the other, in order, has the lines of the chunk counted once.
    let [counted, lines] = [base, 0]
    const position = (row: number): Position => {
      if (generation !== this.#generation) return { source }
      const start = this.#memory.u32[(this.#starts >>> 2) + row] as number
      if (start < counted) [counted, lines] = [base, 0]
      lines += this.#memory.kernels.countNewlines(counted, start)
      counted = start
      const text = shown(this.#memory.bytes(start, this.#memory.kernels.lineEnd(start, this.#chunk.filled) - start - 1))
      return { source, line: line + lines, byte: byte + start - base, text }
    }
    return { position }
  }
}
