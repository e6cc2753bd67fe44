// Why is there no result yet? Which source and partition holds the watermark, until when, and which operators wait.
import { TIME_MAX } from '../time/index.ts'
import type { Machine } from './epoch.ts'
import { dateOf } from './progress.ts'

export interface WhySource {
  readonly source: string
  readonly name: string
  readonly ended: boolean
  /** Undefined: no row with an event time yet, or no event time. */
  readonly watermark: Date | undefined
  /** The partition that holds it; undefined: none does (all are finished or idle). */
  readonly partition: string | undefined
  /** How far that partition has come. */
  readonly reached: Date | undefined
  /** When it stops holding the watermark if it stays silent; undefined: never, or nothing holds. */
  readonly heldUntil: Date | undefined
}

export interface WhyOperator {
  readonly operator: string
  /** What windows must have ended before to be closed. */
  readonly watermark: Date | undefined
  readonly stateRows: number
  /** Deletes whose rows have not come (yet). */
  readonly unmatchedDeletes: number
}

export interface Why {
  readonly sources: readonly WhySource[]
  readonly operators: readonly WhyOperator[]
  /** The same in words. */
  readonly text: string
}

export function why(machine: Machine): Why {
  const now = machine.world.clock.now()
  const sources = machine.inputs
    .filter(each => each.plan.watermark !== undefined)
    .map((input): WhySource => {
      const holder = input.tracker.holder(now)
      return {
        source: input.plan.id,
        name: input.plan.spec.name,
        ended: input.ended,
        watermark: dateOf(input.tracker.watermark),
        partition: holder?.partition,
        reached: holder === undefined ? undefined : dateOf(holder.watermark),
        heldUntil: holder?.idleAt === undefined ? undefined : new Date(holder.idleAt),
      }
    })
  const operators = machine.graph.vertices
    .filter(each => each.operator.stores.length > 0)
    .map((vertex): WhyOperator => {
      const least = vertex.advanced.reduce((a, b) => (a < b ? a : b), TIME_MAX)
      const { rows, unmatchedDeletes } = vertex.operator.size()
      return { operator: vertex.id, watermark: dateOf(least), stateRows: rows, unmatchedDeletes }
    })
  return { sources, operators, text: [...sources.map(inWords), ...operators.flatMap(deletesOf)].join('\n') }
}

function deletesOf({ operator, unmatchedDeletes: n }: WhyOperator): readonly string[] {
  if (n === 0) return []
  return [`${operator} was told to delete ${n} row${n === 1 ? '' : 's'} that it has not seen; it keeps the deletes`]
}

function inWords(each: WhySource): string {
  if (each.ended) return `${each.name} has ended: every window is closed`
  const at =
    each.watermark === undefined ? 'has no watermark yet' : `has its watermark at ${each.watermark.toISOString()}`
  if (each.partition === undefined) return `${each.name} ${at}; no partition holds it`
  const until =
    each.heldUntil === undefined
      ? 'until it delivers newer rows'
      : `until newer rows or ${each.heldUntil.toISOString()}`
  const reached =
    each.reached === undefined
      ? 'which has delivered no event time yet'
      : `which has come to ${each.reached.toISOString()}`
  return `${each.name} ${at}, held by partition ${each.partition}, ${reached}, ${until}`
}
