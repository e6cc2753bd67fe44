// The twin of windows that merge: the rows that are there, in order of time; one that begins when all before it have ended
// begins a session.
import { compareValues, identity, net, type Row, type Weighted } from './zset.ts'

export interface SessionTwin {
  readonly keys: readonly string[]
  /** Columns of Dates: a row's own window, which is replaced by its session's. */
  readonly start: string
  readonly end: string
}

export function sessionTwin(input: readonly Weighted[], { keys, start, end }: SessionTwin): Weighted[] {
  const groups = new Map<string, Weighted[]>()
  for (const each of net(input)) {
    if (each.weight <= 0) continue
    const key = identity(keys.map(name => each.row[name]))
    groups.set(key, [...(groups.get(key) ?? []), each])
  }
  return [...groups.values()].flatMap(rows => sessionsOf(rows, start, end))
}

function sessionsOf(rows: readonly Weighted[], start: string, end: string): Weighted[] {
  const time = (row: Row, name: string): number => (row[name] as Date).getTime()
  const sorted = [...rows].sort((a, b) => compareValues(a.row[start], b.row[start]))
  const sessions: { end: number; rows: Weighted[] }[] = []
  for (const each of sorted) {
    const last = sessions.at(-1)
    if (last === undefined || time(each.row, start) > last.end)
      sessions.push({ end: time(each.row, end), rows: [each] })
    else {
      last.end = Math.max(last.end, time(each.row, end))
      last.rows.push(each)
    }
  }
  return sessions.flatMap(session => {
    const window = { [start]: session.rows[0]?.row[start], [end]: new Date(session.end) }
    return session.rows.map(({ row, weight }) => ({ row: { ...row, ...window }, weight }))
  })
}
