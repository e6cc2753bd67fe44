// What is known of one key: its state, when its timers are due, how many random numbers it drew.
import type { Ptr } from '../../data/index.ts'

/** The value of the key: of one column, or an object of several. */
export type Key = unknown

const NONE: readonly object[] = Object.freeze([])

export class Entry {
  /** The key's record in the group table, and its number there. */
  readonly record: Ptr
  readonly slot: number
  readonly key: Key
  /** No state: nothing was kept yet, or it was cleared. */
  has = false
  state: unknown = undefined
  /** When each timer is due, Infinity: not set. undefined: none ever was. Event time in microseconds, wall clock in milliseconds. */
  due: number[] | undefined = undefined
  /** The earliest time each timer stands in its queue with; Infinity: it does not. */
  queued: number[] | undefined = undefined
  /** Timers that fired after the input had ended. */
  spent: number[] | undefined = undefined
  /** Random numbers drawn at the event time `drawnAt`. */
  drawn = 0
  drawnAt = Number.NaN
  /** Part of the list of entries of this epoch. */
  touched = false
  /** Part of the list of entries to save. */
  changed = false
  gone = false
  /** Rows of the epoch, where a function takes them together. */
  rows: object[] | undefined = undefined
  /** The rows that stand in the result for the key, where later ones take their place. */
  shown: readonly object[] = NONE

  constructor(record: Ptr, slot: number, key: Key) {
    this.record = record
    this.slot = slot
    this.key = key
  }
}

/** Nothing is kept for the key any more. */
export function isEmpty(entry: Entry): boolean {
  return (
    !entry.has &&
    entry.shown.length === 0 &&
    (entry.due === undefined || entry.due.every(each => each === Number.POSITIVE_INFINITY))
  )
}

/** A stated order of keys, to break ties: nulls last, values of one type as they compare, objects field by field. */
export function compareKeys(a: Key, b: Key): number {
  if (a === b) return 0
  if (a === null || a === undefined) return b === null || b === undefined ? 0 : 1
  if (b === null || b === undefined) return -1
  if (a instanceof Date && b instanceof Date) return a.getTime() - b.getTime()
  if (typeof a !== 'object' || typeof b !== 'object') return (a as number) < (b as number) ? -1 : Number(a !== b)
  const [x, y] = [Object.values(a), Object.values(b)]
  for (let i = 0; i < x.length && i < y.length; i++) {
    const order = compareKeys(x[i], y[i])
    if (order !== 0) return order
  }
  return x.length - y.length
}

/** A key as text: equal texts are equal keys. */
export function keyText(key: Key): string {
  if (key instanceof Date) return `date ${key.getTime()}`
  if (typeof key !== 'object' || key === null) return `${typeof key} ${String(key)}`
  return JSON.stringify(Object.values(key).map(keyText))
}
