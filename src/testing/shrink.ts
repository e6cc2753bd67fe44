// From a failing schedule to a small one that still fails: try what is simpler, keep what fails, until nothing simpler
// does (delta debugging: Zeller and Hildebrandt, Simplifying and Isolating Failure-Inducing Input, TSE 2002).
import type { Schedule, ScheduledEpoch } from './schedule.ts'

/** @param most runs that may be spent */
export const shrink = (
  start: Schedule,
  fails: (schedule: Schedule) => Promise<boolean>,
  most: number,
): Promise<Schedule> => shrunk(start, simpler, fails, most)

/** Anything that fails, made smaller by what is `simpler` than the best so far. */
export async function shrunk<T>(
  start: T,
  simpler: (best: T) => Iterable<T>,
  fails: (each: T) => Promise<boolean>,
  most: number,
): Promise<T> {
  let best = start
  let left = most
  const improve = async (): Promise<boolean> => {
    for (const candidate of simpler(best)) {
      if (left-- <= 0) return false
      if (!(await fails(candidate))) continue
      best = candidate
      return true
    }
    return false
  }
  while (await improve());
  return best
}

function* simpler(schedule: Schedule): Generator<Schedule> {
  const { epochs, partitions } = schedule
  const total = epochs.reduce((sum, each) => sum + each.deliveries.length, 0)
  for (let size = total >> 1; size >= 1; size >>= 1) {
    for (let from = 0; from < total; from += size) yield { partitions, epochs: without(epochs, from, from + size) }
  }
  if (partitions > 1) yield { partitions: 1, epochs: epochs.map(onePartition) }
  for (const [i, each] of epochs.entries()) {
    if (each.cut !== undefined) yield { partitions, epochs: epochs.with(i, { ...each, cut: undefined }) }
    if (each.heartbeat) yield { partitions, epochs: epochs.with(i, { ...each, heartbeat: false }) }
  }
  for (let i = 1; i < epochs.length; i++) yield { partitions, epochs: merged(epochs, i) }
}

/** Leave out the rows from `from` to `to`; an epoch in which nothing happens any more goes too, but for the last. */
function without(epochs: readonly ScheduledEpoch[], from: number, to: number): readonly ScheduledEpoch[] {
  let at = 0
  const fewer = epochs.map(each => {
    const first = at
    at += each.deliveries.length
    return { ...each, deliveries: each.deliveries.filter((_, i) => first + i < from || first + i >= to) }
  })
  return fewer.filter((each, i) => each.deliveries.length > 0 || i === epochs.length - 1)
}

const onePartition = (epoch: ScheduledEpoch): ScheduledEpoch => ({
  ...epoch,
  deliveries: epoch.deliveries.map(each => ({ ...each, partition: 0 })),
})

/** Epoch `i` and the one before as one. */
function merged(epochs: readonly ScheduledEpoch[], i: number): readonly ScheduledEpoch[] {
  const [a, b] = [epochs[i - 1], epochs[i]] as [ScheduledEpoch, ScheduledEpoch]
  const both = {
    deliveries: [...a.deliveries, ...b.deliveries],
    heartbeat: a.heartbeat || b.heartbeat,
    cut: a.cut ?? b.cut,
  }
  return [...epochs.slice(0, i - 1), both, ...epochs.slice(i + 1)]
}
