// Results of groups as columns, a kernel call per aggregate.
import { fail } from '../../base/index.ts'
import {
  type Arena,
  BATCH_ROWS,
  bitmapBytes,
  type Column,
  columnBytes,
  Kind,
  kindOf,
  type Memory,
  type Ptr,
} from '../../data/index.ts'
import { isExact, writeExact } from './exact-results.ts'
import { isInteger, type Result } from './parts.ts'
import type { Groups } from './update.ts'
import { putResults, recomputed, type UserStates, userResults } from './user.ts'
import type { SetTable } from './values.ts'

/** What results need besides the groups: their sets of values, and how to name a group in an error. */
export interface ResultSource {
  readonly sets: readonly SetTable[]
  readonly user: UserStates
  readonly arena: Arena
  describe(record: Ptr): string
}

/** Empty columns for the results of up to `rows` groups. Counts are never null. */
export function resultColumns(results: readonly Result[], arena: Arena, rows: number = BATCH_ROWS): Column[] {
  return results.map(({ call }) => {
    const kind = kindOf(call.type)
    const bytes = columnBytes(kind, rows)
    const values = kind === Kind.BOOL ? arena.zeroed(bytes) : arena.alloc(bytes)
    return { kind, values, validity: call.fn === 'count' ? 0 : arena.zeroed(bitmapBytes(rows)) }
  })
}

/** @param copy texts go to the arena in use: the groups will change while the columns are needed */
export function writeResults(
  memory: Memory,
  results: readonly Result[],
  groups: Groups,
  columns: readonly Column[],
  copy: boolean,
  source: ResultSource,
): void {
  for (let i = 0; i < results.length; i++)
    writeResult(memory, results[i] as Result, groups, columns[i] as Column, copy, source)
}

function writeResult(
  memory: Memory,
  result: Result,
  groups: Groups,
  column: Column,
  copy: boolean,
  source: ResultSource,
) {
  const k = memory.kernels
  const { n, records, first } = groups
  const { call, count, at, at2, end } = result
  const { values, validity, kind } = column
  const arg = call.args[0]
  if (call.fn === 'user') return writeUser(memory, result, groups, column, source)
  if (isExact(call)) return writeExact(memory, result, groups, column, record => source.describe(record))
  if (end !== undefined) {
    const greatest = call.fn === 'max' || call.fn === 'last' ? 1 : 0
    const { table, from } = source.sets[end.set] as SetTable
    return k.resultEnd(table, n, records, first, at, greatest, from + end.value, copy ? 1 : 0, values, validity)
  }
  switch (call.fn) {
    case 'count':
      return k.resultCount(n, records, first, count, values)
    case 'sum': {
      if (kind !== Kind.I64) return k.resultSumDouble(n, records, first, count, at, 0, values, validity)
      const failed = k.resultSumInteger(n, records, first, count, at, values, validity)
      if (failed < 0) return
      return overflow(call.name, source.describe(memory.u32[(records >>> 2) + failed] as Ptr))
    }
    case 'avg':
      if (isInteger(arg!)) return k.resultMeanInteger(n, records, first, count, at, values, validity)
      return k.resultSumDouble(n, records, first, count, at, 1, values, validity)
    case 'var_samp':
    case 'var_pop':
    case 'stddev_samp':
    case 'stddev_pop': {
      const sample = call.fn.endsWith('samp') ? 1 : 0
      const root = call.fn.startsWith('stddev') ? 1 : 0
      const integers = isInteger(arg!) ? 1 : 0
      return k.resultSpread(n, records, first, count, at, at2, integers, sample, root, values, validity)
    }
    case 'bool_and':
    case 'bool_or':
      return k.resultBoolean(n, records, first, count, at, call.fn === 'bool_and' ? 1 : 0, values, validity)
    case 'approx_quantile':
      return k.resultQuantile(n, records, first, count, at, call.params?.[0] as number, values, validity)
    default:
      return k.resultKept(n, records, first, count, at, kind, copy ? 1 : 0, values, validity)
  }
}

function writeUser(memory: Memory, result: Result, groups: Groups, column: Column, source: ResultSource): void {
  const { call, at, end } = result
  const { arena, sets, user } = source
  const results =
    end === undefined
      ? userResults(memory, user, call, at, groups)
      : recomputed(memory, sets[end.set] as SetTable, call, at, groups, arena)
  putResults(memory, call, results, column, groups.first, arena)
}

function overflow(name: string, group: string): never {
  return fail('INTEGER_OVERFLOW', { expression: `the sum '${name}'`, arguments: `the group ${group}`, bits: '64' })
}
