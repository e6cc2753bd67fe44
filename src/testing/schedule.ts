// How an input comes: which row by which partition in which epoch, when event time is told without rows, and where the
// power is cut. Within a partition rows keep their order, as in any log; everything else may vary.
import type { Random } from '../base/index.ts'
import type { Tail } from './disk.ts'
import { formatTable } from './print.ts'

/** A row and where it goes. */
export interface Delivery {
  /** Its place in the whole input. */
  readonly index: number
  /** Number of the input. */
  readonly input: number
  readonly partition: number
  readonly row: object
}

export interface PowerCut {
  /** At which write of the epoch. */
  readonly step: number
  readonly tail: Tail
}

export interface ScheduledEpoch {
  readonly deliveries: readonly Delivery[]
  /** Afterwards every partition of every input tells that it has come as far as any. */
  readonly heartbeat: boolean
  readonly cut: PowerCut | undefined
}

export interface Schedule {
  readonly partitions: number
  /** The last one is the end of the input: it may have no rows. */
  readonly epochs: readonly ScheduledEpoch[]
}

/** One input: rows, and whether they are all there before anything else (the static side of a join). */
export interface ScheduledInput {
  readonly rows: readonly object[]
  readonly first: boolean
}

const plain = (deliveries: readonly Delivery[]): ScheduledEpoch => ({ deliveries, heartbeat: false, cut: undefined })

function deliveriesOf(inputs: readonly ScheduledInput[]): Delivery[] {
  const first = inputs.flatMap(({ rows, first }, input) => rows.map(row => ({ row, input, early: first })))
  const inTurn = first.toSorted((a, b) => Number(b.early) - Number(a.early))
  return inTurn.map(({ row, input }, index) => ({ index, input, partition: 0, row }))
}

/** What nobody should forget: all at once, row by row, row by row with a power cut in each epoch. */
export function plainSchedules(inputs: readonly ScheduledInput[]): readonly Schedule[] {
  const all = deliveriesOf(inputs)
  const early = all.filter(each => inputs[each.input]?.first === true)
  const rest = all.slice(early.length)
  const oneByOne = [early, ...rest.map(each => [each]), []].filter((each, i) => each.length > 0 || i > 0)
  const tails: readonly Tail[] = ['lost', 'kept', 'torn']
  return [
    { partitions: 1, epochs: [plain(all), plain([])] },
    { partitions: 1, epochs: oneByOne.map(plain) },
    {
      partitions: 1,
      epochs: oneByOne.map((deliveries, i) => ({
        deliveries,
        heartbeat: false,
        cut: { step: (i % 9) + 1, tail: tails[i % 3] as Tail },
      })),
    },
  ]
}

/** A schedule that the randomness determines. */
export function randomSchedule(inputs: readonly ScheduledInput[], random: Random): Schedule {
  const below = (n: number): number => random.u32() % n
  const partitions = 1 + below(3)
  const all = deliveriesOf(inputs)
  const early = all.filter(each => inputs[each.input]?.first === true)
  const order = interleave(all.slice(early.length), partitions, below)
  const cuts = Array.from({ length: below(Math.min(order.length, 8) + 1) }, () => below(order.length + 1))
  const ends = [...cuts.sort((a, b) => a - b), order.length]
  const tails: readonly Tail[] = ['lost', 'kept', 'torn']
  const parts = [...ends.map((end, i) => order.slice(ends[i - 1] ?? 0, end)), []]
  return {
    partitions,
    epochs: parts.map((part, i) => ({
      deliveries: i === 0 ? [...early, ...part] : part,
      heartbeat: below(4) === 0,
      cut: below(4) === 0 ? { step: 1 + below(12), tail: tails[below(3)] as Tail } : undefined,
    })),
  }
}

/** Rows dealt out to partitions; partitions take turns at random. */
function interleave(rows: readonly Delivery[], partitions: number, below: (n: number) => number): Delivery[] {
  const queues = new Map<string, Delivery[]>()
  for (const each of rows) {
    const dealt = { ...each, partition: below(partitions) }
    const key = `${dealt.input} ${dealt.partition}`
    queues.set(key, [...(queues.get(key) ?? []), dealt])
  }
  const order: Delivery[] = []
  const waiting = [...queues.values()]
  while (waiting.length > 0) {
    const at = below(waiting.length)
    const queue = waiting[at] as Delivery[]
    order.push(queue.shift() as Delivery)
    if (queue.length === 0) waiting.splice(at, 1)
  }
  return order
}

/** The rows in the order of the whole input. */
export function rowsIn(schedule: Schedule): readonly Delivery[] {
  return schedule.epochs.flatMap(each => each.deliveries).toSorted((a, b) => a.index - b.index)
}

/**
 * How late rows of an input must be allowed to come so that none is late in this schedule: what lies between a row
 * and the latest that was told in an epoch before it. `timeOf` gives microseconds of event time.
 */
export function disorder(schedule: Schedule, input: number, timeOf: (each: Delivery) => bigint | undefined): bigint {
  let most = 0n
  let reached: bigint | undefined
  let latest: bigint | undefined
  for (const { deliveries, heartbeat } of schedule.epochs) {
    const mine = deliveries.filter(each => each.input === input).map(timeOf)
    for (const time of mine)
      if (time !== undefined && reached !== undefined && reached - time > most) most = reached - time
    for (const each of deliveries) latest = later(latest, timeOf(each))
    for (const time of mine) reached = later(reached, time)
    if (heartbeat) reached = later(reached, latest)
  }
  return most
}

/** The greater of two times that may not be known. */
export const later = (a: bigint | undefined, b: bigint | undefined): bigint | undefined =>
  a === undefined ? b : b === undefined || a > b ? a : b

/** The schedule as text: a table of its rows, and what happens besides. */
export function showSchedule(schedule: Schedule, names: readonly string[]): string {
  const rows = schedule.epochs.flatMap(({ deliveries }, i) =>
    deliveries.map(({ input, partition, row }) => ({ epoch: i + 1, input: names[input], partition, ...row })),
  )
  const events = schedule.epochs.flatMap(({ heartbeat, cut }, i) => {
    const at = i === schedule.epochs.length - 1 ? 'at the end of the input' : `epoch ${i + 1}`
    return [
      ...(cut === undefined ? [] : [`${at}: power cut at write ${cut.step}, unsynced bytes ${cut.tail}`]),
      ...(heartbeat ? [`${at}: all partitions then tell the greatest event time so far`] : []),
    ]
  })
  return [formatTable(rows), ...events].join('\n')
}
