// Reading Parquet files, a row group at a time: memory holds one group of the asked columns. Positions are rows.
import { type FileInfo, fail, MillraceError, type ReadHandle } from '../../base/index.ts'
import { type Arena, BATCH_ROWS, batchOf, kindOf, type Piece, type SourceContext } from '../../data/index.ts'
import { type Field, isNested, type Leaf, leaves, type Schema } from '../../types/index.ts'
import type { Progress, Segment } from '../files/ledger.ts'
import { checkUnchanged, type Planned } from '../files/planner.ts'
import type { Begun, FileReader } from '../files/reader.ts'
import { project } from '../project.ts'
import { type Dictionary, type FillContext, fillColumn, gatherColumn, parsersOf } from './fill.ts'
import {
  type AsyncBuffer,
  type DecodedArray,
  decompressors,
  type FileMetaData,
  loadPageTools,
  loadReader,
  type ParquetParsers,
  type SchemaElement,
} from './library.ts'
import { dig } from './nested.ts'
import { bytesOfChunk, isIndexed, readIndexed } from './pages.ts'
import { checkSchema, columnNamed, placeOf, scaledValues, withDigits } from './schema.ts'
import { TextTable } from './texts.ts'

/** An open file. */
interface OpenParquet {
  readonly path: string
  readonly handle: ReadHandle
  readonly buffer: AsyncBuffer
  readonly metadata: FileMetaData
  readonly rows: number
}

/** Undefined: the file has no such column. */
type Decoded = DecodedArray | { readonly dictionary: Dictionary } | undefined

/** The decoded columns of one row group. */
interface Group {
  readonly path: string
  readonly index: number
  readonly start: number
  readonly end: number
  readonly columns: readonly Decoded[]
}

export class ParquetReader implements FileReader {
  readonly #schema: Schema
  readonly #context: SourceContext
  readonly #fields: readonly Field[]
  readonly #leaves: readonly Leaf[]
  /** Of the texts of the current group, and of the current batch. */
  readonly #groupArena: Arena
  readonly #batchArena: Arena
  readonly #texts: TextTable
  #file: OpenParquet | undefined
  #group: Group | undefined

  constructor(schema: Schema, context: SourceContext) {
    this.#schema = schema
    this.#context = context
    this.#fields = project(schema, context.columns).fields
    this.#leaves = leaves({ fields: this.#fields })
    this.#groupArena = context.memory.arena(1 << 20)
    this.#batchArena = context.memory.arena()
    this.#texts = new TextTable(this.#groupArena)
  }

  async next(file: FileInfo, known: Progress | undefined, rows: number, until: number): Promise<Planned | undefined> {
    checkUnchanged(file, known, false)
    if (known?.finished === true) return undefined
    const { rows: total } = await this.#open(file.path)
    const from = known?.position ?? 0
    const to = Math.min(total, from + rows, until)
    if (to === from && known !== undefined) return undefined
    const segment = { path: file.path, from, to, size: file.bytes, last: to === total }
    return { segment, rows: to - from, cut: to < total }
  }

  /** One file is open at a time, so it is read when its pieces are asked for. */
  begin(segment: Segment): Begun {
    return { pieces: () => this.#read(segment), cancel: async () => {} }
  }

  async *#read({ path, from, to, last }: Segment): AsyncGenerator<Piece> {
    const file = await this.#open(path)
    let start = 0
    for (const [index, { num_rows }] of file.metadata.row_groups.entries()) {
      const end = start + Number(num_rows)
      if (start < to && end > from) {
        const group = await this.#load(file, index, start, end)
        yield* this.#batches(group, Math.max(from, start), Math.min(to, end))
      }
      start = end
    }
    if (last) await this.#leave()
  }

  async close(): Promise<void> {
    await this.#leave()
    this.#groupArena.free()
    this.#batchArena.free()
  }

  async #open(path: string): Promise<OpenParquet> {
    if (this.#file?.path === path) return this.#file
    await this.#leave()
    const handle = await this.#context.world.disk.open(path)
    try {
      const buffer = asyncBuffer(handle, await handle.size())
      const metadata = await named(path, async () => (await loadReader()).parquetMetadataAsync(buffer))
      checkSchema(path, metadata.schema, this.#fields)
      const raw = { ...metadata, schema: withDigits(metadata.schema) }
      this.#file = { path, handle, buffer, metadata: raw, rows: Number(metadata.num_rows) }
      return this.#file
    } catch (error) {
      await handle.close()
      throw error
    }
  }

  async #leave(): Promise<void> {
    await this.#file?.handle.close()
    this.#file = undefined
    this.#group = undefined
  }

  async #load(file: OpenParquet, index: number, start: number, end: number): Promise<Group> {
    const { path, buffer, metadata } = file
    if (this.#group?.path === path && this.#group.index === index) return this.#group
    this.#group = undefined
    this.#groupArena.reset()
    this.#texts.clear()
    const columns = await named(path, () => this.#decode(buffer, metadata, index, start, end))
    this.#group = { path, index, start, end, columns }
    return this.#group
  }

  async #decode(
    file: AsyncBuffer,
    metadata: FileMetaData,
    index: number,
    rowStart: number,
    rowEnd: number,
  ): Promise<Decoded[]> {
    const places = this.#leaves.map(leaf => placeOf(metadata.schema, leaf.path))
    const columns = [...new Set(places.flatMap(place => place?.column ?? []))]
    if (columns.length === 0) return places.map(() => undefined)
    const { parquetScan } = await loadReader()
    const parsers = parsersOf(this.#texts, () => fail('BAD_UTF8'))
    const options = { file, metadata, columns, compressors: decompressors, parsers, utf8: false, geoparquet: false }
    const scan = await parquetScan(options)
    const whole = new Map<string, DecodedArray>()
    const valuesOf = async (column: string): Promise<DecodedArray> => {
      const values = whole.get(column) ?? (await scan.readColumn({ column, rowStart, rowEnd }))
      whole.set(column, values)
      return values
    }
    const decoded: Decoded[] = []
    for (const [i, place] of places.entries()) {
      const leaf = this.#leaves[i] as Leaf
      const element = place && columnNamed(metadata.schema, place.column)
      const plain = place?.inside.length === 0 && !isNested(leaf.type)
      const indexed =
        plain && element !== undefined
          ? await this.#indexed(leaf, element, file, metadata, index, parsers as ParquetParsers)
          : undefined
      if (indexed !== undefined || place === undefined || element === undefined) decoded.push(indexed)
      else if (plain)
        decoded.push(scaledValues(element, await scan.readColumn({ column: place.column, rowStart, rowEnd })))
      else
        decoded.push(Array.from((await valuesOf(place.column)) as Iterable<unknown>, each => dig(each, place.inside)))
    }
    return decoded
  }

  /** A column that is encoded by dictionary; undefined: it is not, or there is none. */
  async #indexed(
    leaf: Leaf,
    element: SchemaElement,
    file: AsyncBuffer,
    metadata: FileMetaData,
    index: number,
    parsers: ParquetParsers,
  ): Promise<Decoded> {
    const { name } = element
    const group = metadata.row_groups[index]
    const chunk = group?.columns.find(each => each.meta_data?.path_in_schema.join('\u0000') === name)?.meta_data
    if (group === undefined || chunk === undefined || !isIndexed(chunk)) return undefined
    const tools = await loadPageTools()
    const pages = await file.slice(...bytesOfChunk(chunk))
    const path = this.#file?.path ?? name
    const convert = (values: DecodedArray) =>
      scaledValues(element, tools.convert(values, element, parsers) as DecodedArray)
    const options = { path, chunk, element, rows: Number(group.num_rows), convert, tools, arena: this.#groupArena }
    const found = readIndexed(pages, options)
    if (found === undefined) return undefined
    const context: FillContext = {
      memory: this.#context.memory,
      arena: this.#groupArena,
      texts: this.#texts,
      position: () => ({ source: path }),
    }
    const column = fillColumn(leaf, found.values as DecodedArray, 0, found.values.length, context)
    return { dictionary: { column, indices: found.indices, nulls: found.nulls } }
  }

  *#batches({ path, start, columns }: Group, from: number, to: number): Generator<Piece> {
    for (let at = from; at < to; at += BATCH_ROWS) {
      const end = Math.min(to, at + BATCH_ROWS)
      this.#batchArena.reset()
      const position = (row: number) => ({ source: path, row: at + row + 1 })
      const context = { memory: this.#context.memory, arena: this.#batchArena, texts: this.#texts, position }
      const filled = this.#leaves.map((leaf, i) => {
        const values = columns[i]
        if (values !== undefined && 'dictionary' in values)
          return gatherColumn(leaf, values.dictionary, at - start, end - start, context)
        if (values !== undefined) return fillColumn(leaf, values, at - start, end - start, context)
        return {
          kind: kindOf(leaf.type),
          values: this.#batchArena.zeroed((end - at) * 16),
          validity: this.#batchArena.zeroed(((end - at) >> 3) + 16),
        }
      })
      yield { partition: path, batch: batchOf(filled, end - at, { position }) }
    }
  }
}

/** Errors of the library, told with the file. */
async function named<T>(path: string, act: () => Promise<T>): Promise<T> {
  try {
    return await act()
  } catch (cause) {
    if (cause instanceof MillraceError) throw cause.at({ position: { source: path } })
    return fail('BAD_PARQUET', { path, reason: cause instanceof Error ? cause.message : String(cause) }, {}, cause)
  }
}

function asyncBuffer(handle: ReadHandle, byteLength: number): AsyncBuffer {
  return {
    byteLength,
    async slice(start, end = byteLength) {
      const from = start < 0 ? Math.max(0, byteLength + start) : start
      const bytes = new Uint8Array(Math.max(0, Math.min(end, byteLength) - from))
      let filled = 0
      while (filled < bytes.length) {
        const count = await handle.read(bytes.subarray(filled), from + filled)
        if (count === 0) break
        filled += count
      }
      return bytes.buffer
    },
  }
}
