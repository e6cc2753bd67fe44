// Several inputs, one after another, as one: history from files, then what is live. Law: the rows are those of the parts, each
// exactly once, a part's after those of the part before; so a run that is cut anywhere, at the seam too, goes on as if
// the seam were not there.
// An offset says in which part it is, where in it, and where the parts before ended; a range may span a seam and says what is read of
// which part. Event times cut parts that overlap: a part has the rows before its end, the next one those from there on.
import {
  type Batch,
  batchOf,
  type EpochLimit,
  type EpochRange,
  type Json,
  kindOf,
  type Piece,
  type Source,
  type SourceContext,
  type SourceSpec,
} from '../../data/index.ts'
import { leaves } from '../../types/index.ts'
import { project } from '../project.ts'
import { type Between, between } from './between.ts'

export interface HybridSpec {
  readonly parts: readonly SourceSpec[]
  /** Event times (µs) at which a part ends and the next begins; none: parts are read whole. */
  readonly cuts: readonly bigint[]
  /** The event-time column. */
  readonly time: string | undefined
}

/** What is read of one part. */
interface Read extends EpochRange {
  readonly part: number
}

interface Offset {
  readonly part: number
  readonly offset: Json
  /** Where the parts before ended. */
  readonly ends: readonly Json[]
  /** What the range that ends here reads, in order. */
  readonly reads: readonly Read[]
}

const START: Offset = { part: 0, offset: null, ends: [], reads: [] }

const offsetOf = (json: Json): Offset => (json === null ? START : (json as unknown as Offset))
const jsonOf = (offset: Offset): Json => offset as unknown as Json

export function hybridSpec({ parts, cuts, time }: HybridSpec): SourceSpec {
  const last = parts.at(-1) as SourceSpec
  return {
    kind: 'hybrid',
    name: parts.map(each => each.name).join(', then '),
    fingerprint: {
      parts: parts.map(({ kind, fingerprint }) => ({ kind, fingerprint })),
      cuts: cuts.map(String),
    },
    schema: last.schema,
    bounded: last.bounded,
    replayable: parts.every(each => each.replayable),
    appendOnly: parts.every(each => each.appendOnly),
    open: async context => new HybridSource({ parts, cuts, time }, context),
  }
}

class HybridSource implements Source {
  readonly #spec: HybridSpec
  readonly #context: SourceContext
  readonly #open = new Map<number, Source>()
  readonly #between: (Between | undefined)[]
  readonly #empty: Batch

  constructor(spec: HybridSpec, context: SourceContext) {
    const { parts, cuts, time } = spec
    this.#spec = spec
    this.#context = context
    const schema = project((parts[0] as SourceSpec).schema, context.columns)
    this.#between = parts.map((_, i) => between(schema, time, cuts[i - 1], cuts[i], context.memory))
    this.#empty = batchOf(
      leaves(schema).map(leaf => ({ kind: kindOf(leaf.type), values: 0, validity: 0 })),
      0,
    )
  }

  async plan(from: Json, limit: EpochLimit): Promise<EpochRange | undefined> {
    const start = offsetOf(from)
    const until = limit.until === undefined ? undefined : offsetOf(limit.until)
    const reads: Read[] = []
    let at: Pick<Offset, 'part' | 'offset' | 'ends'> = start
    for (;;) {
      if (until !== undefined && at.part > until.part) break
      const source = await this.#part(at.part)
      const range = await source.plan(at.offset, limitIn(at.part, limit, until))
      if (range !== undefined) {
        reads.push({ part: at.part, from: range.from, to: range.to })
        at = { ...at, offset: range.to }
        // One part an epoch, unless everything is asked for.
        if (limit.all !== true) break
      }
      if (!this.#canPass(at.part, at.offset, source)) break
      at = { part: at.part + 1, offset: null, ends: [...at.ends, at.offset] }
    }
    if (reads.length === 0 && at.part === start.part) return undefined
    return { from, to: jsonOf({ ...at, reads }) }
  }

  async *read(range: EpochRange): AsyncGenerator<Piece> {
    const { part: before } = offsetOf(range.from)
    const to = offsetOf(range.to)
    let at = before
    for (const { part, from, to: end } of to.reads) {
      for (; at < part; at++) yield this.#over(at)
      yield* this.#pieces(part, { from, to: end })
    }
    for (; at < to.part; at++) yield this.#over(at)
  }

  async committed(to: Json): Promise<void> {
    const { part, offset } = offsetOf(to)
    await this.#open.get(part)?.committed(offset)
  }

  ended(from: Json): boolean {
    const { part, offset } = offsetOf(from)
    const isLast = part === this.#spec.parts.length - 1
    return isLast && this.#open.get(part)?.ended(offset) === true
  }

  async history(to: Json, folder: string | undefined): Promise<string | undefined> {
    const { part, offset, ends } = offsetOf(to)
    for (const [i, end] of [...ends, offset].slice(0, part + 1).entries()) {
      if (end === null) continue
      const reason = await (await this.#part(i)).history?.(end, folder && `${folder}/part-${i}`)
      if (reason !== undefined) return reason
    }
    return undefined
  }

  async close(): Promise<void> {
    for (const each of this.#open.values()) await each.close()
    for (const each of this.#between) each?.close()
  }

  async #part(i: number): Promise<Source> {
    const known = this.#open.get(i)
    if (known !== undefined) return known
    const { folder } = this.#context
    const notBefore = this.#spec.cuts[i - 1]
    const source = await (this.#spec.parts[i] as SourceSpec).open({
      ...this.#context,
      folder: folder && `${folder}/part-${i}`,
      ...(notBefore === undefined ? {} : { notBefore }),
    })
    this.#open.set(i, source)
    return source
  }

  #canPass(part: number, offset: Json, source: Source): boolean {
    return part < this.#spec.parts.length - 1 && source.ended(offset)
  }

  /** A part's rows that lie between its cuts; its partitions are its own. */
  async *#pieces(part: number, range: EpochRange): AsyncGenerator<Piece> {
    const cut = this.#between[part]
    for await (const piece of (await this.#part(part)).read(range)) {
      const batch = cut === undefined || piece.batch.count === 0 ? piece.batch : cut.run(piece.batch)
      yield { ...piece, partition: `${prefixOf(part)}${piece.partition}`, batch }
    }
  }

  /** Nothing more comes from a part: none of its partitions holds the watermark. */
  #over(part: number): Piece {
    return { partition: prefixOf(part), batch: this.#empty, lastOf: prefixOf(part) }
  }
}

const prefixOf = (part: number): string => `part ${part + 1}: `

function limitIn(part: number, { until: _, ...rest }: EpochLimit, until: Offset | undefined): EpochLimit {
  if (until === undefined || until.part !== part) return rest
  return { ...rest, until: until.offset }
}
