// `read.hybrid`: the tables of several sources, one after another, as the table of one.
import { badArgument, fail, optionsFor } from '../../base/index.ts'
import type { EventTime, Session, Source } from '../../plan/index.ts'
import { sourceOf } from '../../plan/index.ts'
import { Table } from '../../table/index.ts'
import { type Schema, showType } from '../../types/index.ts'
import { hybridSpec } from './source.ts'

export interface HybridOptions {
  /**
   * Event times at which a part ends and the next one begins, for parts that overlap: one less than there are parts.
   * Without them a part is read to its end.
   */
  readonly at?: Date | readonly Date[]
}

const OF = 'read.hybrid'
const MICROS = 1000n

/** The reader of a session. */
export function hybrid(session: Session) {
  return <Row extends object>(
    parts: readonly [Table<Row, 'append'>, Table<NoInfer<Row>, 'append'>, ...Table<NoInfer<Row>, 'append'>[]],
    options: HybridOptions = {},
  ): Table<Row, 'append'> => {
    if (!Array.isArray(parts) || parts.length < 2)
      badArgument(OF, 'parts', parts, 'pass the inputs in order: read.hybrid([history, live])')
    const sources = parts.map(sourceIn)
    const { at } = optionsFor(OF, options, 'pass { at: new Date(…) }')
    const time = timeOf(sources)
    for (const [i, each] of sources.entries()) {
      if (each.spec.bounded || i === sources.length - 1) continue
      const reason = `${each.spec.kind} ${each.spec.name} never ends, so what follows it would never be read`
      refuse('parts', reason, "only the last input may go on: { until: 'now' } for the others")
    }
    const cuts = cutsOf(at, sources.length, time)
    const spec = hybridSpec({ parts: sources.map(each => each.spec), cuts, time: time?.column })
    return new Table(sourceOf(spec, time), session)
  }
}

function refuse(option: string, reason: string, fix: string): never {
  return fail('BAD_OPTION', { option, of: OF, reason, fix })
}

function sourceIn(part: unknown): Source {
  const node = (part as Table<object, 'append'> | undefined)?.node
  if (node?.kind === 'source' && node.predicate === undefined) return node
  return badArgument(OF, 'parts', part, 'pass tables as read.… makes them; select and where come after read.hybrid')
}

/** The event time of all parts, as the last one has it; their columns must be the same too. */
function timeOf(sources: readonly Source[]): EventTime | undefined {
  const last = sources.at(-1) as Source
  for (const each of sources) {
    const reason = differs(each, last)
    if (reason !== undefined)
      refuse('parts', reason, 'declare the same columns, in the same order, and the same event time for all inputs')
  }
  return last.time
}

function differs(a: Source, b: Source): string | undefined {
  if (a.time?.column !== b.time?.column)
    return `the event time of ${a.spec.name} is ${a.time?.column ?? 'none'}, that of ${b.spec.name} ${b.time?.column ?? 'none'}`
  const [columns, others] = [textOf(a.spec.schema), textOf(b.spec.schema)]
  return columns === others ? undefined : `${a.spec.name} has the columns ${columns}, ${b.spec.name} ${others}`
}

const textOf = ({ fields }: Schema): string =>
  fields.map(({ name, type, nullable }) => `${name} ${showType(type)}${nullable ? ' or null' : ''}`).join(', ')

function cutsOf(at: HybridOptions['at'], parts: number, time: EventTime | undefined): readonly bigint[] {
  if (at === undefined) return []
  const dates = (Array.isArray(at) ? at : [at]) as readonly Date[]
  const wanted = `pass ${parts - 1 === 1 ? 'a Date' : `${parts - 1} Dates, each later than the one before`}`
  if (!dates.every(each => each instanceof Date && !Number.isNaN(each.getTime()))) badArgument(OF, 'at', at, wanted)
  const cuts = dates.map(each => BigInt(each.getTime()) * MICROS)
  const ascend = cuts.every((each, i) => i === 0 || (cuts[i - 1] as bigint) < each)
  if (cuts.length !== parts - 1 || !ascend) refuse('at', `it has ${cuts.length} times for ${parts} inputs`, wanted)
  if (time === undefined) refuse('at', 'the inputs have no event time', "name it: read.json('…', { time: 'at' })")
  return cuts
}
