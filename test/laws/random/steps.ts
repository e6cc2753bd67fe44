// Operators to compose plans of. A step looks at a table's schema and makes another table, or says that it does not fit.
// What a step needs beyond the schema (event time, windows) it reads from the plan's properties, as the planner does.
import { list, struct } from '../../../src/index.ts'
import { nodesOf, properties } from '../../../src/plan/index.ts'
import type { Field } from '../../../src/types/index.ts'
import type { Rng } from '../../support/seed.ts'
import type { Loose } from './tables.ts'

export interface Step {
  readonly name: string
  /** A table over this one; undefined: it does not fit. `other` is another table of the plan. */
  apply(table: Loose, rng: Rng, other: Loose): Loose | undefined
}

const fields = (table: Loose): readonly Field[] => table.schema.fields
const named = (table: Loose, ...kinds: string[]): string[] =>
  fields(table).flatMap(each => (kinds.includes(each.type.kind) ? [each.name] : []))
const numbers = (table: Loose): string[] => named(table, 'int', 'decimal')
const keys = (table: Loose): string[] => named(table, 'string', 'int', 'decimal')
const fresh = (table: Loose, wanted: string): string => {
  const taken = new Set(fields(table).map(each => each.name))
  let name = wanted
  for (let i = 1; taken.has(name); i++) name = `${wanted}${i}`
  return name
}

function some<T>(rng: Rng, items: readonly T[], most: number): T[] {
  return rng.shuffled(items).slice(0, rng.int(1, most))
}

/** A condition on a column that has an order. */
function condition(row: Loose, name: string, kind: string, rng: Rng): Loose {
  const column = row[name]
  if (rng.oneIn(5)) return rng.oneIn(2) ? column.isNull() : column.isNotNull()
  if (kind === 'string') return column[rng.pick(['eq', 'ne', 'lt', 'gte'])](rng.pick(['a', 'b', 'c']))
  return column[rng.pick(['gt', 'lte', 'eq', 'ne'])](rng.int(-1, 4))
}

export function filtered(table: Loose, rng: Rng): Loose | undefined {
  const field = rng.pick(fields(table).filter(each => ['int', 'string', 'decimal'].includes(each.type.kind)))
  return field && table.where((row: Loose) => condition(row, field.name, field.type.kind, rng))
}

/** Aggregates of a group: each exact, whatever the order. */
function aggregates(group: Loose, table: Loose, rng: Rng): Loose {
  const made: Record<string, Loose> = { n: group.count() }
  for (const name of some(rng, numbers(table), 2)) {
    const fn = rng.pick(['sum', 'min', 'max', 'countDistinct', 'count'])
    const call = group[name][fn]()
    made[`${fn}_${name}`] = rng.oneIn(6) ? call.filter((row: Loose) => row[name].gt(0)) : call
  }
  return made
}

function grouped(table: Loose, rng: Rng, most = 2): Loose | undefined {
  if (numbers(table).length === 0 || keys(table).length === 0) return undefined
  // Keys of other names than the aggregates'.
  const by = some(
    rng,
    keys(table).filter(name => name !== 'n' && !name.includes('_')),
    most,
  )
  return table.groupBy(...by).agg((group: Loose) => aggregates(group, table, rng))
}

const byOrder = (table: Loose, rng: Rng) => {
  const name = rng.pick(keys(table))
  const down = rng.oneIn(2)
  return (row: Loose) => (down ? row[name].desc() : row[name].asc())
}

const windows = [
  { tumbling: '5 minutes' },
  { sliding: '10 minutes', every: '5 minutes' },
  { cumulating: '6 minutes', every: '2 minutes' },
]

/** A join of two tables on a key, perhaps with another condition; one that makes pairs only once in a plan: they multiply. */
function joined(table: Loose, rng: Rng, other: Loose): Loose | undefined {
  const type = rng.pick(['inner', 'left', 'right', 'full', 'semi', 'anti'] as const)
  const half = type === 'semi' || type === 'anti'
  if (!half && nodesOf(table.node).some(each => each.kind === 'join')) return undefined
  const [mine, theirs] = [rng.pick(named(table, 'string')), rng.pick(named(other, 'string'))]
  if (mine === undefined || theirs === undefined) return undefined
  const [a, b] = [rng.pick(numbers(table)), rng.pick(numbers(other))]
  const on = (l: Loose, r: Loose): Loose => {
    const equal = l[mine].eq(r[theirs])
    return a === undefined || b === undefined || rng.oneIn(2) ? equal : equal.and(l[a].lte(r[b]))
  }
  if (half) return table.join(other, { type, on })
  const added = [theirs, ...numbers(other).slice(0, 1)]
  return table.join(other, {
    type,
    on,
    select: (l: Loose, r: Loose) => ({
      ...Object.fromEntries(fields(table).map(({ name }) => [name, l[name]])),
      ...Object.fromEntries(added.map(name => [fresh(table, `other_${name}`), r[name]])),
    }),
  })
}

const step = (name: string, apply: Step['apply']): Step => ({ name, apply })

export const steps: readonly Step[] = [
  step('where', filtered),
  step('join', joined),
  step('select', (table, rng) => {
    const kept = some(rng, fields(table), 4).map(each => each.name)
    const number = rng.pick(numbers(table))
    return table.select((row: Loose) => ({
      ...Object.fromEntries(kept.map(name => [name, row[name]])),
      ...(number === undefined ? {} : { [fresh(table, 'more')]: row[number].add(rng.int(1, 3)) }),
    }))
  }),
  step('struct and list', (table, rng) => {
    const number = rng.pick(named(table, 'int'))
    if (number === undefined) return undefined
    const [whole, parts, back] = [fresh(table, 'whole'), fresh(table, 'parts'), fresh(table, 'back')]
    const kept = some(rng, keys(table), 3)
    const packed = table.withColumns((row: Loose) => ({
      [whole]: struct(Object.fromEntries(kept.map(name => [name, row[name]]))),
      [parts]: rng.oneIn(2) ? list(row[number], 7) : list(struct({ n: row[number] })),
    }))
    return packed.withColumn(back, (row: Loose) => row[whole][kept[0] as string])
  }),
  step('groupBy', (table, rng) => (properties(table.node).window === undefined ? grouped(table, rng) : undefined)),
  step('agg', (table, rng) =>
    properties(table.node).window === undefined && numbers(table).length > 0
      ? table.agg((group: Loose) => aggregates(group, table, rng))
      : undefined,
  ),
  step('distinct', (table, rng) => {
    const kept = some(rng, keys(table), 2)
    return kept.length === 0
      ? undefined
      : table.select((row: Loose) => Object.fromEntries(kept.map(name => [name, row[name]]))).distinct()
  }),
  step('union', (table, rng) => {
    const [a, b] = [filtered(table, rng), filtered(table, rng)]
    return a && b && a.union(b)
  }),
  step('orderBy limit', (table, rng) =>
    table.orderBy(byOrder(table, rng)).limit(rng.int(1, 4), { offset: rng.int(0, 1) }),
  ),
  step('topN', (table, rng) =>
    table.topN(rng.int(1, 2), { per: rng.pick(keys(table)), by: byOrder(table, rng), as: fresh(table, 'rank') }),
  ),
  step('rank', (table, rng) =>
    table.rank({
      by: byOrder(table, rng),
      rank: rng.pick(['rank', 'dense_rank', 'row_number']),
      as: fresh(table, 'rank'),
    }),
  ),
  step('lastBy', (table, rng) => {
    const time = byOrderless(table, rng)
    return time && table.lastBy({ by: rng.pick(keys(table)), time })
  }),
  step('intersect and except', (table, rng) => {
    const [a, b] = [filtered(table, rng), filtered(table, rng)]
    return a && b && a[rng.pick(['intersect', 'intersectAll', 'except', 'exceptAll'])](b)
  }),
  step('over', (table, rng) => {
    const number = rng.pick(numbers(table))
    if (number === undefined) return undefined
    const [sum, before] = [fresh(table, 'running'), fresh(table, 'before')]
    return table.over({ per: rng.pick(keys(table)), by: byOrder(table, rng) }, (w: Loose) => ({
      [sum]: w[number].sum(),
      [before]: w[number].lag(rng.int(1, 2)),
    }))
  }),
  step('countWindow', (table, rng) => {
    if (properties(table.node).window !== undefined || numbers(table).length === 0) return undefined
    if (fields(table).some(each => each.name === 'window')) return undefined
    const by = some(
      rng,
      keys(table).filter(name => name !== 'n' && !name.includes('_')),
      1,
    )
    const options = {
      every: rng.int(1, 3),
      partial: rng.pick(['none', 'first', 'last', 'both']),
      by: byOrder(table, rng),
    }
    const counted = table.groupBy(...by).countWindow(rng.int(1, 3), options)
    const made = counted.agg((group: Loose) => aggregates(group, table, rng))
    return made.withColumn('first_row', (row: Loose) => row.window.start).drop('window')
  }),
  step('rollup', (table, rng) => {
    if (properties(table.node).window !== undefined || numbers(table).length === 0) return undefined
    const by = some(
      rng,
      keys(table).filter(name => name !== 'n' && !name.includes('_')),
      2,
    )
    if (by.length === 0) return undefined
    return table.rollup(...by).agg((group: Loose) => aggregates(group, table, rng), { grouping: 'level' })
  }),
  step('window', (table, rng) => {
    const known = properties(table.node)
    if (known.eventTime === undefined || fields(table).some(each => each.name === 'window')) return undefined
    const cut = table.window(rng.pick(windows))
    return grouped(cut, rng, 1)
  }),
  step('windows of windows', (table, rng) => {
    const known = properties(table.node)
    if (known.window === undefined || known.eventTime === undefined) return undefined
    const again = table.window({ tumbling: '20 minutes' })
    return again.agg((group: Loose) => aggregates(group, table, rng))
  }),
]

const byOrderless = (table: Loose, rng: Rng) => {
  const name = rng.pick(named(table, 'int', 'timestamp'))
  return name && ((row: Loose) => row[name])
}
