// Calls by name: functions of the registry under SQL's and PostgreSQL's names, aggregates, window functions.
import { call, cast, type Expr, entryOf, functionNames, literal, registry, suggestion } from '../../expr/index.ts'
import { type ColumnType, decimalOf, type PlainType, type ScalarType, scalars } from '../../types/index.ts'
import { aggregateSlot, isAggregate } from '../aggregates.ts'
import { type Block, typeIn } from '../block.ts'
import { textNode } from '../made-tree.ts'
import type { FuncCall, Node, SQLValueFunction } from '../parser.ts'
import { invalid, unsupported, within } from '../refuse.ts'
import { isSetFunction } from '../set-functions.ts'
import { setSlot } from '../sets.ts'
import { textOf } from '../tree.ts'
import { isTypeName, typeNamed } from '../types.ts'
import { isWindowFunction, windowSlot } from '../window-call.ts'
import { arrayFunction, flat, isArrayFunction } from './arrays.ts'
import type { Bind } from './bind.ts'
import { adapt, coerce, isUnknown } from './coerce.ts'
import { eachParts, isJsonFunction, jsonFunction, jsonMade, makesJson } from './json.ts'
import { checkPattern } from './patterns.ts'
import { shown } from './record.ts'
import { overlaps } from './rows.ts'
import { exactArguments, inWidth } from './widths.ts'

/** Names that PostgreSQL has for entries that are called otherwise here. */
const POSTGRES: ReadonlyMap<string, string> = new Map(
  registry.flatMap(({ name, dialects }) => {
    const theirs = dialects?.postgres
    return theirs === undefined || theirs.includes('(') ? [] : [[theirs, name] as const]
  }),
)

type Special = (node: FuncCall, block: Block, bind: Bind) => Expr | undefined

const INTERVAL_FIELDS = ['years', 'months', 'weeks', 'days', 'hours', 'mins', 'secs']

/** Digits behind the point of parts that have a fraction. */
const EXTRACTED: Readonly<Record<string, number>> = { second: 6, seconds: 6, epoch: 6, millisecond: 3, milliseconds: 3 }

/** A time and an interval; a zone in which days and months are counted. */
const moved =
  (fn: 'add' | 'sub'): Special =>
  ({ args: [at, by, zone] = [] }, block, bind) => {
    if (at === undefined || by === undefined) return undefined
    const time = coerce(block, bind(at, block), scalars.timestamp)
    const span = coerce(block, bind(by, block), scalars.interval)
    if (zone === undefined) return call(fn, time, span)
    const where = coerce(block, bind(zone, block), scalars.string)
    return call('from_time_zone', where, call(fn, call('at_time_zone', where, time), span))
  }

/** Functions that depend on more than the types of their arguments. */
const SPECIAL: Readonly<Record<string, Special>> = {
  // AT TIME ZONE of an instant is a local time; of a local time it is an instant.
  timezone({ args: [zone, of, more] = [] }, block, bind) {
    if (zone === undefined || of === undefined || more !== undefined) return undefined
    const time = bind(of, block)
    const fn = isLocal(time, block) ? 'from_time_zone' : 'at_time_zone'
    return call(fn, coerce(block, bind(zone, block), scalars.string), time)
  },
  // What EXTRACT gives is numeric: seconds to the microsecond, other parts whole.
  extract(node, block, bind) {
    const [field, of] = node.args ?? []
    const name = field === undefined ? undefined : bind(field, block)
    const scale = name?.kind === 'literal' ? (EXTRACTED[String(name.value).toLowerCase()] ?? 0) : undefined
    if (of === undefined || name?.kind !== 'literal') return undefined
    const bound = bind(of, block)
    refuseTimeOfDate(String(name.value), bound, block, node.location)
    if (String(name.value).toLowerCase() === 'julian') return julian(bound, block)
    if (scale === undefined) return undefined
    const digits = typeIn(block, bound).type.kind === 'date' ? 0 : scale
    return cast(call('extract', name, bound), decimalOf(20, digits))
  },
  // No time is infinite here.
  isfinite({ args: [of, more] = [] }, block, bind) {
    if (of === undefined || more !== undefined) return undefined
    const value = bind(of, block)
    if (!['timestamp', 'date', 'interval'].includes(typeIn(block, value).type.kind)) return undefined
    return call('nullif', call('is_not_null', value), literal(false, scalars.boolean))
  },
  overlaps({ args = [] }, block, bind) {
    const bound = adapt(
      block,
      args.map(each => bind(each, block)),
    )
    return overlaps(bound, each => typeIn(block, each).type.kind === 'interval')
  },
  // A day begins where a clock of the zone says so.
  date_trunc({ args: [unit, of, zone] = [] }, block, bind) {
    if (unit === undefined || of === undefined || zone === undefined) return undefined
    const where = coerce(block, bind(zone, block), scalars.string)
    const local = call('at_time_zone', where, coerce(block, bind(of, block), scalars.timestamp))
    return call('from_time_zone', where, call('date_trunc', bind(unit, block), local))
  },
  date_add: moved('add'),
  date_subtract: moved('sub'),
  // Whether a text is one of a type.
  pg_input_is_valid({ args: [of, type, more] = [], location }, block, bind) {
    const name = type === undefined ? undefined : bind(type, block)
    if (of === undefined || more !== undefined || name?.kind !== 'literal') return undefined
    const known = String(name.value).trim().toLowerCase()
    if (!isTypeName(known))
      return unsupported(block.query.text, location, `the type ${known} here`, 'name a type without digits or length')
    const to = typeNamed({ names: [{ String: { sval: known } }] }, block.query.text)
    const text = coerce(block, bind(of, block), scalars.string)
    const read = Object.freeze({ kind: 'cast', input: text, type: to as ScalarType, lenient: true } as const)
    const isThere = call('is_not_null', read)
    const bits =
      (to as PlainType).declared?.name === 'int2' ? 15 : (to as PlainType).declared?.name === 'int4' ? 31 : undefined
    const bound = (value: number): Expr => literal(value, scalars.int)
    const fits =
      bits === undefined
        ? isThere
        : call('and', isThere, call('between', read, bound(-(2 ** bits)), bound(2 ** bits - 1)))
    const branch = { when: call('is_not_null', text), then: fits }
    return { kind: 'case', branches: [branch], otherwise: undefined }
  },
  make_interval({ args = [] }, block, bind) {
    const given = INTERVAL_FIELDS.map((field, i) => {
      const named = args.find(each => 'NamedArgExpr' in each && each.NamedArgExpr.name === field)
      if (named !== undefined && 'NamedArgExpr' in named) return named.NamedArgExpr.arg
      const own = args[i]
      return own !== undefined && !('NamedArgExpr' in own) ? own : undefined
    })
    return call(
      'make_interval',
      ...given.map(each => (each === undefined ? literal(0, scalars.int) : bind(each, block))),
    )
  },
}

/** The number of the day 1970-01-01 since 4714 BC. */
const JULIAN = 2_440_588

function julian(of: Expr, block: Block): Expr | undefined {
  const { kind } = typeIn(block, of).type
  if (kind !== 'timestamp' && kind !== 'date') return undefined
  const seconds = call('extract', literal('epoch', scalars.string), of)
  const days = call('div', seconds, literal(86_400, scalars.double))
  return call('add', days, literal(JULIAN, scalars.double))
}

const TIMES: ReadonlySet<string> = new Set(['hour', 'minute', 'second', 'millisecond', 'microsecond'])

/** A date has no time of day: PostgreSQL refuses to extract one. */
function refuseTimeOfDate(field: string, of: Expr, block: Block, byte: number | undefined): void {
  if (!TIMES.has(field.toLowerCase().replace(/s$/, '')) || typeIn(block, of).type.kind !== 'date') return
  invalid(block.query.text, byte, `unit "${field}" not supported for type date`, 'cast the date to a timestamp')
}

/** The time of a clock without a zone: what is declared so, and what AT TIME ZONE makes of an instant. */
function isLocal(expr: Expr, block: Block): boolean {
  if (expr.kind === 'call' && expr.fn === 'at_time_zone') return true
  return (typeIn(block, expr).type as PlainType).declared?.name === 'timestamp'
}

/** Whether a name is that of a function of single values. */
export const isValueFunction = (name: string): boolean =>
  !isAggregate(name) &&
  !isSetFunction(name) &&
  (isArrayFunction(name) || isJsonFunction(name) || Object.hasOwn(SPECIAL, name) || ownName(name) !== undefined)

const ownName = (name: string): string | undefined =>
  POSTGRES.get(name) ?? (entryOf(name) === undefined ? undefined : name)

/** VARIADIC ARRAY[a, b]: the arguments a, b. */
function spread(node: FuncCall, block: Block): FuncCall {
  if (node.func_variadic !== true || TAKING_ARRAYS.test(textOf(node.funcname?.at(-1)) ?? '')) return node
  const args = node.args ?? []
  const last = args.at(-1)
  if (last !== undefined && 'A_ArrayExpr' in last)
    return { ...node, func_variadic: false, args: [...args.slice(0, -1), ...(last.A_ArrayExpr.elements ?? [])] }
  const fix = 'write VARIADIC ARRAY[a, b], or array_to_string(array, separator)'
  return unsupported(block.query.text, node.location, 'VARIADIC of an array that is computed', fix)
}

/** to_json(array_agg(x)) is json_agg(x): rows become objects, where elements of an array are texts of them. */
function arrayOfRows([of, more]: readonly Node[]): Node | undefined {
  if (of === undefined || more !== undefined || !('FuncCall' in of) || of.FuncCall.over !== undefined) return undefined
  if (textOf(of.FuncCall.funcname?.at(-1)) !== 'array_agg') return undefined
  return { FuncCall: { ...of.FuncCall, funcname: [textNode('json_agg')] } }
}

/** What takes an array of its last arguments as it is. */
const TAKING_ARRAYS = /^jsonb?_(extract_path|extract_path_text|build_array)$/

const PATH_ARGUMENTS = ['target', 'path', 'vars', 'silent']

/** Arguments by name in their places; one that is not given between others is an empty object. */
function positional(node: FuncCall): FuncCall {
  const { args = [], funcname } = node
  if (!/^jsonb_path_/.test(textOf(funcname?.at(-1)) ?? '')) return node
  const places: Node[] = []
  for (const [i, each] of args.entries()) {
    const isNamed = 'NamedArgExpr' in each
    const at = isNamed ? PATH_ARGUMENTS.indexOf(each.NamedArgExpr.name ?? '') : i
    if (at < 0) return node
    places[at] = isNamed ? (each.NamedArgExpr.arg as Node) : each
  }
  return { ...node, args: Array.from(places, each => each ?? { A_Const: { sval: { sval: '{}' }, location: -1 } }) }
}

export function functionCall(given: FuncCall, block: Block, bind: Bind): Expr {
  const { text } = block.query
  const node = positional(spread(given, block))
  const name = textOf(node.funcname?.at(-1)) ?? ''
  if (node.over !== undefined) return windowSlot(name, node, block, bind)
  if (isAggregate(name) || node.agg_within_group === true) return aggregateSlot(name, node, block, bind)
  if (isArrayFunction(name)) {
    const args = (node.args ?? []).map(each => bind(each, block))
    return arrayFunction(name, args, block, node.location)
  }
  if (isJsonFunction(name)) {
    const args = (node.args ?? []).map(each => bind(each, block))
    if (node.func_variadic === true && name.endsWith('_build_array'))
      return jsonMade(
        'to_json',
        args.map(each => flat(each, block)),
        block,
        node.location,
      )
    return jsonFunction(name, args, block, node.location)
  }
  const gathered = makesJson(name) ? arrayOfRows(node.args ?? []) : undefined
  if (gathered !== undefined) return bind(gathered, block)
  if (makesJson(name)) {
    const args = (node.args ?? []).map(each => bind(each, block))
    return jsonMade(name, args, block, node.location)
  }
  if (eachParts(name) !== undefined)
    return unsupported(text, node.location, `${name} in the select list`, `write FROM ${name}(…) AS e (key, value)`)
  if (isSetFunction(name)) return setSlot(name, node, block, bind)
  const special = SPECIAL[name]?.(node, block, bind)
  if (special !== undefined) return special
  const own = ownName(name)
  if (isWindowFunction(name) && own === undefined)
    return invalid(text, node.location, `${name} needs a window`, `write ${name}(…) OVER (ORDER BY …)`)
  const [only, more] = node.args ?? []
  if ((own === undefined || isTypeName(own)) && only !== undefined && more === undefined && isTypeName(name))
    return bind(
      { TypeCast: { arg: only, typeName: { names: node.funcname ?? [] }, location: node.location ?? 0 } },
      block,
    )
  if (own === undefined) {
    return invalid(text, node.location, `there is no function ${name}`, suggestion(name, functionNames()))
  }
  if (node.agg_star === true || node.agg_distinct === true || node.agg_filter !== undefined) {
    return invalid(text, node.location, `${name} is not an aggregate`, 'leave *, DISTINCT and FILTER to aggregates')
  }
  const args = printed(
    own,
    (node.args ?? []).map(each => bind(each, block)),
    block,
  )
  checkPattern(own, args, block, node.location)
  const fit = exactArguments(own, fitted(own, args, block, node.location), block)
  return within(text, node.location, () => inWidth(call(own, ...fit), block))
}

/** Functions that print their arguments as PostgreSQL's output does: t and f, where a cast gives true and false. */
const PRINTING: ReadonlySet<string> = new Set(['concat', 'concat_ws', 'format'])

function printed(name: string, args: readonly Expr[], block: Block): readonly Expr[] {
  if (!PRINTING.has(name)) return args
  const word = (text: string): Expr => literal(text, scalars.string)
  const letter = (truth: Expr): Expr => ({
    kind: 'case',
    branches: [
      { when: truth, then: word('t') },
      { when: call('not', truth), then: word('f') },
    ],
    otherwise: undefined,
  })
  return args.map(each => (typeIn(block, each).type.kind === 'boolean' ? letter(each) : shown(each, block)))
}

/** Constants of unknown type as the overload wants them that takes all the others: as texts, if one takes texts. */
function fitted(name: string, args: readonly Expr[], block: Block, byte: number | undefined): readonly Expr[] {
  if (!args.some(each => isUnknown(block, each))) return args
  const types = args.map(each => (isUnknown(block, each) ? undefined : typeIn(block, each).type))
  const overloads = (entryOf(name)?.overloads ?? []).filter(each => each.args.length === args.length)
  const fit = overloads.filter(each => types.every((type, i) => type === undefined || type.kind === each.args[i]))
  const asTexts = fit.find(each => types.every((type, i) => type !== undefined || each.args[i] === 'string'))
  const best = asTexts ?? fit[0] ?? overloads[0]
  if (best === undefined) return args
  return args.map((each, i) => coerce(block, each, { kind: best.args[i] } as ColumnType, byte))
}

/** CURRENT_TIMESTAMP and its like: the time of the epoch. */
export function valueFunction({ op, location }: SQLValueFunction, block: Block): Expr {
  if (op === 'SVFOP_CURRENT_TIMESTAMP' || op === 'SVFOP_LOCALTIMESTAMP') return call('now')
  if (op === 'SVFOP_CURRENT_DATE') return cast(call('now'), scalars.date)
  return unsupported(block.query.text, location, `${op?.replace('SVFOP_', '')}`, 'use a column of event time')
}
