// The twin of process in order of event time: all rows sorted, and before each the timers that are due, the earliest first.
import { compareKeys, keyText } from '../process/entry.ts'
import { randomAt, seedOf } from '../process/random.ts'
import { compareBy, type Order, type Row } from './zset.ts'

/** The part of a context that the twin has; times are microseconds. */
export interface TwinContext {
  readonly key: unknown
  readonly time: Date | undefined
  random(): number
  setTimer(name: string, at: Date): void
  clearTimer(name: string): void
  clearState(): void
}

export interface ProcessTwin<S> {
  readonly key: string
  readonly time: string
  readonly columns: readonly string[]
  readonly timers: readonly string[]
  readonly seed: string
  readonly ttl?: number
  state(): S
  on(row: Row, state: S, context: TwinContext): Iterable<Row>
  onTimer(name: string, state: S, context: TwinContext): Iterable<Row>
}

interface Held<S> {
  key: unknown
  state: S | undefined
  dies: number
  drawn: number
  drawnAt: number | undefined
  timers: Map<string, number>
  spent: Set<string>
}

/** What comes out, given all rows there ever are; none of them is late. */
export function processTwin<S>(rows: readonly Row[], twin: ProcessTwin<S>): Row[] {
  const byTime: Order = { column: twin.time, descending: false, nulls: 'first' }
  const ties = twin.columns.map((column): Order => ({ column, descending: false, nulls: 'last' }))
  const keys = new Map<string, Held<S>>()
  const out: Row[] = []
  for (const row of rows.toSorted(compareBy([byTime, ...ties]))) {
    const time = (row[twin.time] as Date | null)?.getTime()
    if (time !== undefined) fireUntil(time, keys, twin, out, false)
    const text = keyText(row[twin.key])
    const held = keys.get(text) ?? fresh(row[twin.key])
    keys.set(text, held)
    if (time !== undefined && twin.ttl !== undefined) live(held, time, twin.ttl)
    call(held, time, twin, out, false, (state, context) => twin.on(row, state, context))
  }
  fireUntil(Number.POSITIVE_INFINITY, keys, twin, out, true)
  return out
}

const fresh = <S>(key: unknown): Held<S> => ({
  key,
  state: undefined,
  dies: Number.POSITIVE_INFINITY,
  drawn: 0,
  drawnAt: undefined,
  timers: new Map(),
  spent: new Set(),
})

function live<S>(held: Held<S>, time: number, ttl: number): void {
  if (time >= held.dies) forget(held)
  held.dies = held.dies === Number.POSITIVE_INFINITY ? time + ttl : Math.max(held.dies, time + ttl)
}

function forget<S>(held: Held<S>): void {
  held.state = undefined
  held.dies = Number.POSITIVE_INFINITY
}

function fireUntil<S>(
  until: number,
  keys: Map<string, Held<S>>,
  twin: ProcessTwin<S>,
  out: Row[],
  ended: boolean,
): void {
  for (;;) {
    const due = [...keys.values()].flatMap(held => [...held.timers].map(([name, time]) => ({ held, name, time })))
    const [next] = due
      .filter(each => each.time <= until)
      .sort(
        (a, b) =>
          a.time - b.time ||
          compareKeys(a.held.key, b.held.key) ||
          twin.timers.indexOf(a.name) - twin.timers.indexOf(b.name),
      )
    if (next === undefined) return
    next.held.timers.delete(next.name)
    if (ended) next.held.spent.add(next.name)
    if (next.time >= next.held.dies) forget(next.held)
    call(next.held, next.time, twin, out, ended, (state, context) => twin.onTimer(next.name, state, context))
  }
}

function call<S>(
  held: Held<S>,
  time: number | undefined,
  twin: ProcessTwin<S>,
  out: Row[],
  ended: boolean,
  run: (state: S, context: TwinContext) => Iterable<Row>,
): void {
  held.state ??= twin.state()
  const context: TwinContext = {
    key: held.key,
    time: time === undefined ? undefined : new Date(time),
    random() {
      if (!Object.is(held.drawnAt, time)) held.drawn = 0
      held.drawnAt = time
      const micros = time === undefined ? Number.NaN : time * 1000
      return randomAt(seedOf(`${twin.seed}\u0000${keyText(held.key)}\u0000${micros}`), held.drawn++)
    },
    setTimer: (name, at) => {
      if (!ended || !held.spent.has(name)) held.timers.set(name, at.getTime())
    },
    clearTimer: name => void held.timers.delete(name),
    clearState: () => forget(held),
  }
  for (const row of run(held.state, context)) out.push(row)
}
