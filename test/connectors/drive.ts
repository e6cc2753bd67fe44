// Drives sources and sinks as the runtime does, without an engine in between.

import { after } from 'node:test'
import type { MillraceError } from '../../src/base/index.ts'
import { project } from '../../src/connectors/project.ts'
import {
  type Batch,
  type EpochLimit,
  type EpochRange,
  type Json,
  Memory,
  type Mode,
  type Row,
  rowsOf,
  type Sink,
  type SinkContext,
  type SinkSpec,
  type Source,
  type SourceSpec,
  type World,
} from '../../src/data/index.ts'
import { virtualWorld } from '../../src/testing/index.ts'
import type { Schema } from '../../src/types/index.ts'

const opened: Source[] = []
after(async () => {
  for (const source of opened.splice(0)) await source.close().catch(() => undefined)
})

export interface Reading {
  readonly source: Source
  readonly memory: Memory
  readonly bad: { readonly error: MillraceError; readonly raw: string }[]
  readonly world: World
  wakes: number
  rows(range: EpochRange): Promise<Row[]>
  pieces(range: EpochRange): Promise<[partition: string, rows: Row[], last: boolean][]>
  /** Plan and read until there is nothing more; the ranges and their rows. */
  all(from?: Json, limit?: EpochLimit): Promise<{ range: EpochRange; rows: Row[] }[]>
}

export interface ReadingOptions {
  readonly world?: World
  readonly columns?: readonly string[]
  readonly folder?: string
}

export async function openSource(spec: SourceSpec, options: ReadingOptions = {}): Promise<Reading> {
  const memory = new Memory()
  const world = options.world ?? virtualWorld()
  const columns = options.columns ?? spec.schema.fields.map(each => each.name)
  const schema = project(spec.schema, columns)
  const bad: Reading['bad'] = []
  const source = await spec.open({
    memory,
    world,
    columns,
    folder: options.folder,
    wake: () => reading.wakes++,
    badRow: (error, raw) => bad.push({ error, raw: new TextDecoder().decode(raw) }),
    signal: new AbortController().signal,
  })
  opened.push(source)
  const reading: Reading = {
    source,
    memory,
    bad,
    world,
    wakes: 0,
    async rows(range) {
      return (await reading.pieces(range)).flatMap(([, rows]) => rows)
    },
    async pieces(range) {
      const pieces: [string, Row[], boolean][] = []
      for await (const { partition, batch, last } of source.read(range))
        pieces.push([partition, rowsOf(batch, schema, memory), last === true])
      return pieces
    },
    async all(from = null, limit = { rows: Number.POSITIVE_INFINITY }) {
      const epochs: { range: EpochRange; rows: Row[] }[] = []
      for (let at = from; ; ) {
        const planned = await source.plan(at, limit)
        if (planned === undefined) return epochs
        const range = JSON.parse(JSON.stringify(planned)) as EpochRange
        epochs.push({ range, rows: await reading.rows(range) })
        await source.committed(range.to)
        at = range.to
      }
    },
  }
  return reading
}

export interface Writing {
  readonly sink: Sink
  readonly memory: Memory
  batch(rows: readonly object[], weights?: readonly number[]): Batch
  /** One whole epoch. */
  epoch(n: number, rows: readonly object[], weights?: readonly number[]): Promise<void>
}

export async function openSink(
  spec: SinkSpec,
  schema: Schema,
  options: { world?: World; mode?: Mode; key?: readonly string[]; query?: string; recover?: number } = {},
): Promise<Writing> {
  const { batchFromRows } = await import('../../src/data/index.ts')
  const memory = new Memory()
  const context: SinkContext = {
    memory,
    world: options.world ?? virtualWorld(),
    schema,
    mode: options.mode ?? (spec.modes[0] as Mode),
    key: options.key ?? [],
    query: options.query ?? 'q',
    since: 0,
    signal: new AbortController().signal,
  }
  const sink = await spec.open(context)
  await sink.recover(options.recover ?? 0)
  const arena = memory.arena()
  const batch = (rows: readonly object[], weights?: readonly number[]) => {
    arena.reset()
    return batchFromRows(rows, schema, arena, weights)
  }
  return {
    sink,
    memory,
    batch,
    async epoch(n, rows, weights) {
      await sink.begin(n)
      for (let at = 0; at < rows.length; at += 4096)
        sink.write(batch(rows.slice(at, at + 4096), weights?.slice(at, at + 4096)))
      await sink.drain()
      await sink.prepare(n)
      await sink.commit(n)
    },
  }
}
