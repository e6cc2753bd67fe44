// Windows of time: as table functions in FROM (`tumble(t, at, '10 seconds')`) and as keys (`GROUP BY tumble(at, '10 seconds')`).
// The plan's column for both is a struct; window_start and window_end are its fields, and groups by them are groups by it,
// so that the planner knows when they are over.
import { column, type Expr, sameExpr, suggestion } from '../expr/index.ts'
import { type Node as PlanNode, properties, schema, type WindowShape, windowOf } from '../plan/index.ts'
import { type Block, blockOf, scopeIn, type TimeWindow } from './block.ts'
import { duration } from './durations.ts'
import { bind } from './expressions/bind.ts'
import type { Grouping } from './grouping-sets.ts'
import { distinctNames } from './names.ts'
import type { FuncCall, Node } from './parser.ts'
import { invalid, unsupported, within } from './refuse.ts'
import { type Relation, relationOf } from './relation.ts'
import { lookup } from './scope.ts'
import { locationOf, textOf } from './tree.ts'

interface Form {
  readonly kind: TimeWindow['kind']
  /** What stands behind the time. */
  readonly arguments: string
  readonly least: number
  readonly most: number
  readonly shape: (args: readonly Node[], input: PlanNode, block: Block) => WindowShape
}

/** Windows that begin, or grow, by a step. */
function stepping(kind: 'sliding' | 'cumulating', step: 'slide' | 'step'): Form {
  return {
    kind,
    arguments: `${step}, size [, offset]`,
    least: 2,
    most: 3,
    shape([by, size, offset], _input, block) {
      const sizes = { size: duration(size as Node, block), [step]: duration(by as Node, block) }
      return { kind, ...sizes, offset: optional(offset, block) } as WindowShape
    },
  }
}

const FORMS: Readonly<Record<string, Form>> = {
  tumble: {
    kind: 'tumbling',
    arguments: 'size [, offset]',
    least: 1,
    most: 2,
    shape([size, offset], _input, block) {
      return { kind: 'tumbling', size: duration(size as Node, block), offset: optional(offset, block) }
    },
  },
  hop: stepping('sliding', 'slide'),
  cumulate: stepping('cumulating', 'step'),
  session: {
    kind: 'session',
    arguments: 'gap [, key …]',
    least: 1,
    most: Number.POSITIVE_INFINITY,
    shape: ([gap], input, block) => ({ kind: 'session', until: gapOf(gap as Node, input, block) }),
  },
}

export const timeWindowNames = (): readonly string[] => Object.keys(FORMS)
export const isTimeWindow = (name: string): boolean => Object.hasOwn(FORMS, name)

const optional = (node: Node | undefined, block: Block): bigint => (node === undefined ? 0n : duration(node, block))

/** A constant duration, or what the row says. */
function gapOf(node: Node, input: PlanNode, block: Block): bigint | Expr {
  if (!('ColumnRef' in node)) return duration(node, block)
  const own = blockOf(block.query)
  own.relations.push(relationOf(input, undefined, undefined, []))
  return bind(node, own)
}

/**
 * The relation cut into windows by its event time.
 * @param args what stands behind the relation, time first.
 */
export function cutIntoWindows(
  name: string,
  relation: Relation,
  call: FuncCall,
  args: readonly Node[],
  block: Block,
): Relation {
  const { text } = block.query
  const form = FORMS[name] as Form
  const { places, accept } = lateness(args, block)
  const [time, ...rest] = places
  if (time === undefined || rest.length < form.least || rest.length > form.most)
    return invalid(
      text,
      call.location,
      `${name} was given ${call.args?.length ?? 0} arguments`,
      `write ${formText(name)}`,
    )
  checkTime(time, relation, block)
  const node = within(text, call.location, () =>
    windowOf(relation.node, form.shape(rest, relation.node, block), accept),
  )
  const taken = [...block.relations.flatMap(each => [...each.names.keys()]), ...relation.names.keys()]
  const [own] = distinctNames(['window'], taken) as [string]
  const passed = new Set(schema(node).fields.map(each => each.name))
  const names = new Map([...[...relation.names].filter(([, of]) => passed.has(of) && of !== 'window'), [own, 'window']])
  const keys =
    form.kind === 'session' && rest.length > 1 ? rest.slice(1).map(each => keyOf(each, relation, block)) : undefined
  block.times.set(own, { kind: form.kind, by: keys, byte: call.location })
  const alias = relation.scope.columns[0]?.relation
  const edge = (part: string) => ({ relation: alias, name: `window_${part}`, column: own, path: [part] })
  const columns = relation.scope.columns.filter(each => names.has(each.column))
  const window = { relation: alias, name: 'window', column: own, isStruct: true, hidden: true }
  return { node, names, scope: { columns: [...columns, window, edge('start'), edge('end')] } }
}

/** `accept => '1 hour'`: how long a window takes late rows behind its end. */
function lateness(args: readonly Node[], block: Block): { places: readonly Node[]; accept: bigint } {
  let accept = 0n
  const places = args.filter(each => {
    if (!('NamedArgExpr' in each)) return true
    const { name = '', arg, location } = each.NamedArgExpr
    if (name !== 'accept' || arg === undefined)
      return invalid(block.query.text, location, `there is no argument ${name}`, suggestion(name, ['accept']))
    accept = duration(arg, block)
    return false
  })
  return { places, accept }
}

/** `tumble(table, time, size [, offset])`, as a table function. */
const formText = (name: string): string => `${name}(table, time, ${(FORMS[name] as Form).arguments} [, accept => late])`

function keyOf(node: Node, { scope }: Relation, block: Block): Expr {
  const names = 'ColumnRef' in node ? (node.ColumnRef.fields ?? []).map(each => textOf(each) ?? '') : []
  const found = names.length === 0 ? undefined : lookup(scope, names, block.query.text, locationOf(node))
  return (
    found ??
    invalid(block.query.text, locationOf(node), 'this is no column of the table', 'name the key of the sessions')
  )
}

/** Windows are of the relation's event time: the column that is named must be it. */
function checkTime(node: Node, { node: input, scope, names }: Relation, block: Block): void {
  const { text } = block.query
  const path = 'ColumnRef' in node ? (node.ColumnRef.fields ?? []).map(each => textOf(each) ?? '') : []
  const found = path.length === 0 ? undefined : lookup(scope, path, text, locationOf(node))
  const own = properties(input).eventTime?.path
  if (found?.kind === 'column' && own !== undefined) {
    const [first, ...rest] = found.path as readonly [string, ...string[]]
    if ([names.get(first) ?? first, ...rest].join('\n') === own.join('\n')) return
  }
  const fix =
    own === undefined ? "declare it: WITH (watermark = 'at - interval ''10 seconds''')" : `write ${own.join('.')}`
  invalid(text, locationOf(node), `${path.join('.') || 'this'} is not the event time of the table`, fix)
}

/** Windows among the keys: the relation that has the time is cut into them. The columns of the windows by their nodes. */
export function groupWindows(list: readonly Node[], block: Block): ReadonlyMap<Node, Expr> {
  const made = new Map<Node, Expr>()
  for (const node of list) {
    if (!('FuncCall' in node)) continue
    const name = textOf(node.FuncCall.funcname?.at(-1)) ?? ''
    if (!isTimeWindow(name)) continue
    const args = node.FuncCall.args ?? []
    const time = timeIn(args[0], block)
    const at = block.relations.findIndex(each => time !== undefined && each.names.has(time))
    const relation = block.relations[at]
    if (relation === undefined)
      return invalid(
        block.query.text,
        node.FuncCall.location,
        `${name} needs the event time first`,
        `write ${name}(at, …)`,
      )
    const others = block.relations.filter((_, i) => i !== at)
    const cut = cutIntoWindows(name, relation, node.FuncCall, args, { ...block, relations: others })
    block.relations[at] = cut
    made.set(node, column(cut.scope.columns.find(each => each.hidden)?.column as string))
  }
  return made
}

/** The column that a name is, in FROM. */
function timeIn(node: Node | undefined, block: Block): string | undefined {
  if (node === undefined || !('ColumnRef' in node)) return undefined
  const names = (node.ColumnRef.fields ?? []).map(each => textOf(each) ?? '')
  const found = lookup(scopeIn(block), names, block.query.text, locationOf(node))
  return found?.kind === 'column' ? found.path[0] : undefined
}

/** Groups by the bounds of a window are groups by the window. */
export function wholeWindows(grouping: Grouping, block: Block): Grouping {
  const keys = [...block.times].reduce((some, [name, { kind }]) => {
    const [start, end] = ['start', 'end'].map(part => some.find(each => sameExpr(each.expr, column(name, part))))
    const isFixed = kind === 'tumbling' || kind === 'sliding'
    const first = start ?? end
    if (first === undefined || (!isFixed && (start === undefined || end === undefined))) return some
    return [...some.filter(each => each !== start && each !== end), { expr: column(name), byte: first.byte }]
  }, grouping.keys)
  if (grouping.sets === undefined) checkSessions(keys, block)
  else if ([...block.times.values()].some(each => each.kind === 'session')) refuseSession(block)
  return grouping.sets === undefined ? { keys, sets: undefined } : grouping
}

/** Sessions merge in the groups: they must be those of their keys. */
function checkSessions(keys: Grouping['keys'], block: Block): void {
  for (const [name, { kind, by }] of block.times) {
    if (kind !== 'session') continue
    const others = keys.filter(each => !sameExpr(each.expr, column(name)))
    if (others.length === keys.length) refuseSession(block)
    const isSame =
      by === undefined ||
      (by.length === others.length && by.every(key => others.some(each => sameExpr(each.expr, key))))
    if (!isSame) refuseSession(block)
  }
}

function refuseSession(block: Block): never {
  const session = [...block.times.values()].find(each => each.kind === 'session')
  const fix =
    "GROUP BY the keys of the sessions, window_start and window_end: FROM session(t, at, '5 minutes', k) GROUP BY k, window_start, window_end"
  return unsupported(block.query.text, session?.byte, 'a session whose rows are not grouped by it', fix)
}
