// Forms of expressions that are neither operators nor functions: logic, CASE, COALESCE, IN, LIKE, BETWEEN, tests.
import { type CaseExpr, call, type Expr, literal } from '../../expr/index.ts'
import { type ColumnType, scalars } from '../../types/index.ts'
import { type Block, typeIn } from '../block.ts'
import type {
  A_Expr,
  BoolExpr,
  BooleanTest,
  CaseExpr as CaseNode,
  CoalesceExpr,
  MinMaxExpr,
  Node,
  NullTest,
} from '../parser.ts'
import { invalid } from '../refuse.ts'
import { itemsOf, locationOf, textOf } from '../tree.ts'
import { as, meeting } from '../types.ts'
import type { Bind } from './bind.ts'
import { adapt, coerce } from './coerce.ts'
import { plain } from './record.ts'

/** A condition: NULL is unknown, and a text constant is read as a boolean. */
export function condition(node: Node, block: Block, bind: Bind): Expr {
  const byte = locationOf(node)
  const made = coerce(block, bind(node, block), scalars.boolean, byte)
  const { type } = typeIn(block, made)
  if (type.kind === 'boolean') return made
  return invalid(
    block.query.text,
    byte,
    `a condition must be boolean, this is ${type.kind}`,
    'compare it with something',
  )
}

export function logic({ boolop, args = [] }: BoolExpr, block: Block, bind: Bind): Expr {
  const parts = args.map(each => condition(each, block, bind))
  if (boolop === 'NOT_EXPR') return call('not', ...parts)
  return call(boolop === 'OR_EXPR' ? 'or' : 'and', ...parts)
}

export function nullTest({ arg, nulltesttype }: NullTest, block: Block, bind: Bind): Expr {
  return call(nulltesttype === 'IS_NOT_NULL' ? 'is_not_null' : 'is_null', bind(arg as Node, block))
}

export function truthTest({ arg, booltesttype }: BooleanTest, block: Block, bind: Bind): Expr {
  const value = condition(arg as Node, block, bind)
  const is = (truth: boolean): Expr => call('not', call('is_distinct_from', value, literal(truth, scalars.boolean)))
  switch (booltesttype) {
    case 'IS_TRUE':
      return is(true)
    case 'IS_NOT_TRUE':
      return call('not', is(true))
    case 'IS_FALSE':
      return is(false)
    case 'IS_NOT_FALSE':
      return call('not', is(false))
    case 'IS_UNKNOWN':
      return call('is_null', value)
    default:
      return call('is_not_null', value)
  }
}

/** What is evaluated for some rows alone gives no rows. */
function withoutSets(form: string, block: Block, bound: () => Expr): Expr {
  const outside = block.noSets
  block.noSets = form
  try {
    return bound()
  } finally {
    block.noSets = outside
  }
}

export const caseOf = (node: CaseNode, block: Block, bind: Bind): Expr =>
  withoutSets('CASE', block, () => branchesOf(node, block, bind))

function branchesOf({ arg, args = [], defresult, location }: CaseNode, block: Block, bind: Bind): Expr {
  const whens = args.flatMap(each => ('CaseWhen' in each ? [each.CaseWhen] : []))
  const subject = arg === undefined ? undefined : bind(arg, block)
  const tests = whens.map(each => {
    if (subject === undefined) return condition(each.expr as Node, block, bind)
    const [a, b] = adapt(block, [subject, bind(each.expr as Node, block)], location) as [Expr, Expr]
    return call('eq', a, b)
  })
  const results = whens.map(each => bind(each.result as Node, block))
  const all = alike(block, defresult === undefined ? results : [...results, bind(defresult, block)], location)
  const branches = tests.map((when, i) => Object.freeze({ when, then: all[i] as Expr }))
  const made: CaseExpr = {
    kind: 'case',
    branches: Object.freeze(branches),
    otherwise: defresult === undefined ? undefined : all.at(-1),
  }
  return Object.freeze(made)
}

/** Results that must have one type: unknown constants take that of the others, dates beside timestamps become such. */
export function alike(block: Block, exprs: readonly Expr[], byte?: number): readonly Expr[] {
  const known = adapt(
    block,
    exprs.map(each => plain(each, block)),
    byte,
  )
  const types = known.map(each => typeIn(block, each).type)
  const common = types.reduce<ColumnType | undefined>((a, b) => a && meeting(a, b), types[0])
  return common === undefined ? known : known.map((each, i) => as(each, types[i] as ColumnType, common))
}

export const coalesceOf = ({ args = [], location }: CoalesceExpr, block: Block, bind: Bind): Expr =>
  withoutSets('COALESCE', block, () => {
    const bound = args.map(each => bind(each, block))
    return call('coalesce', ...alike(block, bound, location))
  })

export function minMax({ op, args = [], location }: MinMaxExpr, block: Block, bind: Bind): Expr {
  return call(
    op === 'IS_LEAST' ? 'least' : 'greatest',
    ...alike(
      block,
      args.map(each => bind(each, block)),
      location,
    ),
  )
}

export function nullIf({ lexpr, rexpr, location }: A_Expr, block: Block, bind: Bind): Expr {
  return call('nullif', ...adapt(block, [bind(lexpr as Node, block), bind(rexpr as Node, block)], location))
}

/** `x IN (a, b)`; its operator is = or <>. */
export function inList({ name, lexpr, rexpr, location }: A_Expr, block: Block, bind: Bind): Expr {
  const all = [bind(lexpr as Node, block), ...itemsOf(rexpr).map(each => bind(each, block))]
  const made = call('in', ...adapt(block, all, location))
  return textOf(name?.[0]) === '<>' ? call('not', made) : made
}

/** LIKE and ILIKE; the pattern may come with its escape character. */
export function likeness({ kind, name, lexpr, rexpr }: A_Expr, block: Block, bind: Bind): Expr {
  const sign = textOf(name?.[0]) ?? ''
  const pattern = patternOf(rexpr as Node, block, bind)
  const made = call(kind === 'AEXPR_ILIKE' ? 'ilike' : 'like', bind(lexpr as Node, block), ...pattern)
  return sign.startsWith('!') ? call('not', made) : made
}

/** SIMILAR TO; the parser gives its pattern as a call that may have the escape character. */
export function similarity({ name, lexpr, rexpr }: A_Expr, block: Block, bind: Bind): Expr {
  const pattern = rexpr !== undefined && 'FuncCall' in rexpr ? (rexpr.FuncCall.args ?? []) : [rexpr as Node]
  const made = call('similar_to', bind(lexpr as Node, block), ...pattern.map(each => bind(each, block)))
  return (textOf(name?.[0]) ?? '').startsWith('!') ? call('not', made) : made
}

function patternOf(node: Node, block: Block, bind: Bind): readonly Expr[] {
  const isEscape = 'FuncCall' in node && textOf(node.FuncCall.funcname?.at(-1)) === 'like_escape'
  return (isEscape ? (node.FuncCall.args ?? []) : [node]).map(each => bind(each, block))
}

export function betweenness({ kind, lexpr, rexpr, location }: A_Expr, block: Block, bind: Bind): Expr {
  const [low, high] = itemsOf(rexpr) as [Node, Node]
  const [x, a, b] = adapt(
    block,
    [lexpr as Node, low, high].map(each => bind(each, block)),
    location,
  ) as [Expr, Expr, Expr]
  const symmetric = kind === 'AEXPR_BETWEEN_SYM' || kind === 'AEXPR_NOT_BETWEEN_SYM'
  const made = symmetric ? call('or', call('between', x, a, b), call('between', x, b, a)) : call('between', x, a, b)
  return kind === 'AEXPR_NOT_BETWEEN' || kind === 'AEXPR_NOT_BETWEEN_SYM' ? call('not', made) : made
}

export function distinctness({ kind, lexpr, rexpr, location }: A_Expr, block: Block, bind: Bind): Expr {
  const made = call(
    'is_distinct_from',
    ...adapt(block, [bind(lexpr as Node, block), bind(rexpr as Node, block)], location),
  )
  return kind === 'AEXPR_NOT_DISTINCT' ? call('not', made) : made
}
