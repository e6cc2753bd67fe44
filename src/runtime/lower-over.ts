// Window functions: arguments and range keys are columns of their own, computed before.
import { kindOf } from '../data/index.ts'
import { canonical, cast, type Expr, typeOf, typeOfAggregate } from '../expr/index.ts'
import {
  type OperatorContext,
  type OverFunction,
  type OverSpec,
  type OverTimeSpec,
  over,
  overTime,
  select,
} from '../ops/index.ts'
import { aggregateCall, type Moment, type Over, type OverCall, properties, rowsAhead, schema } from '../plan/index.ts'
import { leaves, type ScalarType, type Schema, scalars } from '../types/index.ts'
import { flatten } from './flat.ts'
import { addVertex, type Outlet } from './graph.ts'
import { windowEnd } from './lower-rank.ts'
import { columnNumber, kindsOf, type Lowering, leaving, only, sourceOf } from './lowering.ts'

export function lowerOver(node: Over, emit: OverSpec['emit'], on: Lowering): Outlet {
  const input = schema(node.input)
  const extra = new Extra(input)
  const functions = node.calls.map(each => functionOf(each, node, extra))
  const [key] = node.keys
  const isOffset = node.frame.mode === 'range' && [node.frame.from, node.frame.to].some(each => Number(each ?? 0) !== 0)
  const rangeKey =
    key !== undefined && isOffset ? { column: extra.number(key.expr), descending: key.descending } : undefined
  const groups = flatten(node.per, [input])
  const spec = (context: OperatorContext) => ({
    per: groups.map(({ expr, type, nullable }) => ({ by: sourceOf(expr, input, context), type, nullable })),
    order: node.keys.map(({ expr, descending, nulls }) => ({
      by: sourceOf(expr, input, context),
      order: { descending, nulls },
    })),
    kinds: [...kindsOf(input), ...extra.kinds()],
    shown: extra.shown,
    functions,
    rangeKey,
  })
  const window = windowEnd(node)
  const timely = emit === 'final' && window === undefined ? timelyOf(node) : undefined
  const build = (context: OperatorContext) =>
    timely === undefined
      ? over({ ...spec(context), window, emit }, context)
      : overTime({ ...spec(context), ...timely }, context)
  return leaving(node, addVertex(on.graph, 'over', [project(extra, on.outlet(node.input), on)], build), on)
}

/** In the order of event time, to be told as the watermark passes. */
function timelyOf(node: Over): Pick<OverTimeSpec, 'time' | 'ahead'> {
  const { path, shift } = properties(node.input).eventTime as Moment
  const column = columnNumber({ kind: 'column', path, input: 0 }, schema(node.input)) as number
  return { time: { column, shift }, ahead: rowsAhead(node) }
}

/** The input's columns, and behind them those that are computed for functions: each different expression once. */
class Extra {
  readonly input: Schema
  readonly shown: number
  readonly exprs: Expr[] = []

  constructor(input: Schema) {
    this.input = input
    this.shown = leaves(input).length
  }

  number(expr: Expr): number {
    const own = columnNumber(expr, this.input)
    if (own !== undefined) return own
    const text = canonical(expr)
    const known = this.exprs.findIndex(each => canonical(each) === text)
    return this.shown + (known >= 0 ? known : this.exprs.push(expr) - 1)
  }

  kinds() {
    return this.exprs.map(each => kindOf(typeOf(each, [this.input]).type as ScalarType))
  }
}

function project({ exprs, input, shown }: Extra, from: Outlet, on: Lowering): Outlet {
  if (exprs.length === 0) return from
  const own = Array.from({ length: shown }, (_, i) => i)
  const build = (context: OperatorContext) =>
    select([...own, ...exprs.map(each => sourceOf(each, input, context))], context)
  return only(addVertex(on.graph, 'project', [from], build))
}

function functionOf({ fn, args, n, name }: OverCall, { frame }: Over, extra: Extra): OverFunction {
  const column = (): number => extra.number(args[0] as Expr)
  switch (fn) {
    case 'row_number':
    case 'rank':
    case 'dense_rank':
    case 'percent_rank':
    case 'cume_dist':
      return { fn }
    case 'ntile':
      return { fn, n: n as number }
    case 'lag':
    case 'lead':
      return { fn: 'shift', column: column(), offset: fn === 'lag' ? -(n as number) : (n as number) }
    case 'first_value':
    case 'last_value':
    case 'nth_value':
      return {
        fn: 'nth',
        column: column(),
        n: fn === 'last_value' ? -1 : fn === 'first_value' ? 1 : (n as number),
        frame,
      }
    case 'count':
      return { fn, column: args.length === 0 ? undefined : column(), frame }
    case 'min':
    case 'max':
      return { fn, column: column(), frame }
    case 'bool_and':
    case 'bool_or':
      return { fn: fn === 'bool_and' ? 'min' : 'max', column: column(), frame }
    case 'var_samp':
    case 'var_pop':
    case 'stddev_samp':
    case 'stddev_pop':
      return { fn, column: extra.number(asWanted(fn, args, extra.input, scalars.double)), frame, name }
    case 'sum':
    case 'avg':
      return { fn, column: extra.number(asWanted(fn, args, extra.input)), frame, name }
  }
}

/** The argument in the type that the sum is made of. */
function asWanted(fn: string, args: readonly Expr[], input: Schema, otherwise?: ScalarType): Expr {
  const [argument] = args as [Expr]
  const isDecimal = typeOf(argument, [input]).type.kind === 'decimal'
  if (otherwise !== undefined && !isDecimal) return asType(argument, otherwise, input)
  const wanted = scalars[typeOfAggregate(aggregateCall(fn, args), [input], true).args[0] as keyof typeof scalars]
  return asType(argument, wanted, input)
}

function asType(argument: Expr, wanted: ScalarType | undefined, input: Schema): Expr {
  return wanted === undefined || typeOf(argument, [input]).type.kind === wanted.kind ? argument : cast(argument, wanted)
}
