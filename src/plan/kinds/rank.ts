// Rankings: the rows of each group in an order, up to a rank, with their rank as the last column.
import { canonical, sameExpr, show } from '../../expr/index.ts'
import { checkedName, field, type Schema, scalars } from '../../types/index.ts'
import type { Named, Rank } from '../node.ts'
import type { Bound, Properties, WindowProperty } from '../properties.ts'
import { unique } from './fields.ts'
import { bound, boundOfOpen, FINITE, type NodeKind, oneInput, UNBOUNDED } from './kind.ts'
import { passWindow } from './passing.ts'
import { list, namedText, names } from './texts.ts'

export const rank: NodeKind<Rank> = {
  ...oneInput,
  schema(node, of): Schema {
    const { fields } = of(node.input)
    return unique(node.as === undefined ? fields : [...fields, field(checkedName(node.as), scalars.int)])
  },
  properties(node, base) {
    const window = passWindow(node.per, base.window)
    return {
      appendOnly: false,
      keys: keysOf(node, base),
      // A row may be taken back long after its time, unless its group went with its window.
      eventTime: window === undefined ? undefined : base.eventTime,
      window,
      state: stateOf(node, base, window),
      size: sizeOf(node, base, window),
    }
  },
  parts: node => [
    ...node.per.map(namedText),
    '|',
    ...node.keys.map(each => list(canonical(each.expr), String(each.descending), each.nulls)),
    node.rank,
    String(node.limit),
    String(node.as),
  ],
  words(node) {
    const order = node.keys.map(each => `${show(each.expr)}${each.descending ? ' desc' : ''}`).join(', ')
    const most = node.limit === undefined ? '' : ` up to ${node.limit}`
    const per = node.per.length === 0 ? '' : ` per ${names(node.per)}`
    return `${node.rank}${most}${per} by ${order}`
  },
  // Ties are broken by all columns.
  needs: (node, _wanted, all) => [[node.input, all(node.input)]],
  stateFix: "rank in windows: { per: [..., 'window'] }, or take fewer rows: .topN(n, ...)",
}

/** Unique: the row's own key; else its group, with its number where there are several. */
function keysOf({ per, rank: kind, limit, as }: Rank, base: Properties): readonly string[] | undefined {
  if (kind !== 'row_number') return base.keys
  const groups = per.map(nameOf)
  if (groups.some(each => each === undefined)) return base.keys
  if (limit === 1) return groups as string[]
  return base.keys ?? (as === undefined ? undefined : ([...groups, as] as string[]))
}

/** The column that a group is, if it is one. */
function nameOf({ expr }: Named): string | undefined {
  return expr.kind === 'column' && expr.path.length === 1 ? expr.path[0] : undefined
}

function stateOf(node: Rank, base: Properties, window: WindowProperty | undefined): Bound {
  if (base.bounded) return FINITE
  if (window !== undefined) return boundOfOpen(window)
  if (node.limit === undefined || !base.appendOnly) return base.size
  if (node.rank !== 'row_number') return bound('unbounded', 'UNBOUNDED (all rows that tie are kept)')
  const timely = node.per.find(each => growsWithTime(each, base))
  if (timely !== undefined) return bound('unbounded', `UNBOUNDED (key ${timely.name} grows with time)`)
  return rowsOf(node)
}

function sizeOf(node: Rank, base: Properties, window: WindowProperty | undefined): Bound {
  if (base.bounded || node.limit === undefined || node.rank !== 'row_number') return base.size
  return window === undefined && !node.per.some(each => growsWithTime(each, base)) ? rowsOf(node) : UNBOUNDED
}

function rowsOf({ limit, per }: Rank): Bound {
  return bound('keys', per.length === 0 ? `≤ ${limit} rows` : `≤ ${limit} × keys`)
}

function growsWithTime({ expr }: Named, { eventTime }: Properties): boolean {
  return eventTime !== undefined && sameExpr(expr, { kind: 'column', path: eventTime.path, input: 0 })
}
