// The twin of mapGroupsWithState for functions whose result does not depend on how rows came: each group, all at once.
import { identity, type Row } from './zset.ts'

export function groupStateTwin(rows: readonly Row[], key: string, fn: (key: unknown, group: Row[]) => Row): Row[] {
  const groups = Map.groupBy(rows, row => identity(row[key]))
  return [...groups.values()].map(group => fn(group[0]?.[key], group))
}
