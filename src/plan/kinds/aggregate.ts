// Grouping and aggregation: keys, then aggregates. Windowed when a key is the window column of a table below.
import { type AggregateCall, type Expr, sameExpr, show, typeOfAggregate } from '../../expr/index.ts'
import { checkedName, field } from '../../types/index.ts'
import type { Aggregate } from '../node.ts'
import type { Bound, Properties, WindowProperty } from '../properties.ts'
import { fieldOf, unique } from './fields.ts'
import { bound, boundOfOpen, exprsOf, FINITE, type NodeKind, namesIn, oneInput, UNBOUNDED } from './kind.ts'
import { passWindow } from './passing.ts'
import { aggregateText, list, name, namedText, names } from './texts.ts'

export const aggregate: NodeKind<Aggregate> = {
  ...oneInput,
  schema(node, of) {
    const input = of(node.input)
    const keys = node.keys.map(each => fieldOf(each, [input]))
    const grouped = node.keys.length > 0
    const aggregates = node.aggregates.map(each => {
      const { type, nullable } = typeOfAggregate(each, [input], grouped)
      return field(checkedName(each.name), type, nullable)
    })
    return unique([...keys, ...aggregates])
  },
  properties(node, _inherited, of) {
    const input = of(node.input)
    const window = passWindow(node.keys, input.window)
    return {
      appendOnly: false,
      keys: node.keys.map(each => each.name),
      eventTime: window === undefined || !isTimed(window) ? undefined : { path: [window.column, 'end'], shift: -1n },
      window,
      opaque: node.aggregates.flatMap(each => (each.user === undefined ? [] : [`aggregate ${each.user.name}`])),
      ...bounds(node, input, window),
    }
  },
  parts: node => [
    ...node.keys.map(namedText),
    '|',
    ...node.aggregates.map(each => list(each.name, aggregateText(each))),
  ],
  words(node) {
    const keys = node.keys.length === 0 ? '' : `by ${names(node.keys)}: `
    return `aggregate ${keys}${node.aggregates.map(each => `${name(each.name)} = ${callText(each)}`).join(', ')}`
  },
  needs: node => [[node.input, namesIn(exprsIn(node))]],
  stateFix: "cut time into windows: .window({ tumbling: '1 hour' }), or group by fewer columns",
}

function exprsIn(node: Aggregate): readonly Expr[] {
  const aggregates = node.aggregates.flatMap(each =>
    each.filter === undefined ? each.args : [...each.args, each.filter],
  )
  return [...exprsOf(node.keys), ...aggregates]
}

function callText({ fn, args, distinct, filter, params, user }: AggregateCall): string {
  const inside = [...args.map(show), ...params.map(String)].join(', ')
  const text = `${user?.name ?? fn}(${distinct ? 'distinct ' : ''}${inside})`
  return filter === undefined ? text : `${text} filter (${show(filter)})`
}

/** Windows that end; the global one does not. */
const isTimed = ({ isEndless }: WindowProperty): boolean => !isEndless

/** The state of a group-by, and the size of its table. */
function bounds(node: Aggregate, input: Properties, window: WindowProperty | undefined): { state: Bound; size: Bound } {
  if (input.bounded) return { state: FINITE, size: FINITE }
  if (window !== undefined && isTimed(window)) return { state: boundOfOpen(window), size: UNBOUNDED }
  const timely = node.keys.find(each => growsWithTime(each.expr, input))
  if (timely !== undefined)
    return { state: bound('unbounded', `UNBOUNDED (key ${timely.name} grows with time)`), size: UNBOUNDED }
  const size = bound('keys', node.keys.length === 0 ? '≤ 1 row' : '≤ keys')
  const keeper = node.aggregates.find(each => keepsRows(each, input, node.keys.length > 0))
  if (keeper === undefined || input.size.class !== 'unbounded') return { state: size, size }
  return { state: bound('unbounded', `UNBOUNDED (${keeper.name} keeps the values of every row)`), size }
}

/** Aggregates that must remember the values of a group, because a row may go again. */
function keepsRows(each: AggregateCall, input: Properties, grouped: boolean): boolean {
  if (input.appendOnly || each.distinct) return false
  const { state, linear } = typeOfAggregate(each, [input.schema], grouped)
  return !linear && state !== 'sketch'
}

/** A key that contains the event time (and is not its window) takes new values for ever. */
function growsWithTime(expr: Expr, { eventTime }: Properties): boolean {
  return eventTime !== undefined && sameExpr(expr, { kind: 'column', path: eventTime.path, input: 0 })
}
