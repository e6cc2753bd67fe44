// What plan rules need to know about expressions: which columns they use, whether they are constant, their conjuncts,
// and a canonical text that is equal exactly when two expressions are.
import { type ScalarType, showType } from '../types/index.ts'
import { type CastExpr, type ColumnExpr, call, type Expr, literal } from './node.ts'

/** The expressions directly inside. */
export function childrenOf(expr: Expr): readonly Expr[] {
  switch (expr.kind) {
    case 'column':
    case 'literal':
      return []
    case 'call':
      return expr.args
    case 'cast':
      return [expr.input]
    case 'case':
      return [
        ...expr.branches.flatMap(each => [each.when, each.then]),
        ...(expr.otherwise === undefined ? [] : [expr.otherwise]),
      ]
  }
}

/** The same expression with other children, in the order of `childrenOf`; the same object when nothing changed. */
function withChildren(expr: Expr, children: readonly Expr[]): Expr {
  if (childrenOf(expr).every((each, i) => each === children[i])) return expr
  switch (expr.kind) {
    case 'column':
    case 'literal':
      return expr
    case 'call':
      return Object.freeze({ ...expr, args: Object.freeze([...children]) })
    case 'cast':
      return Object.freeze({ ...expr, input: children[0] as Expr })
    case 'case': {
      const branches = expr.branches.map((_, i) =>
        Object.freeze({ when: children[2 * i] as Expr, then: children[2 * i + 1] as Expr }),
      )
      return Object.freeze({ ...expr, branches: Object.freeze(branches), otherwise: expr.otherwise && children.at(-1) })
    }
  }
}

/** Rebuild from the leaves up: `change` sees each expression after its children were changed. */
export function transform(expr: Expr, change: (expr: Expr) => Expr): Expr {
  const children = childrenOf(expr)
  return change(
    children.length === 0
      ? expr
      : withChildren(
          expr,
          children.map(each => transform(each, change)),
        ),
  )
}

/** Every column used, each once, in order of appearance. */
export function columnsOf(expr: Expr): readonly ColumnExpr[] {
  const found = new Map<string, ColumnExpr>()
  const visit = (each: Expr): void => {
    if (each.kind === 'column') {
      const key = canonical(each)
      if (!found.has(key)) found.set(key, each)
    }
    childrenOf(each).forEach(visit)
  }
  visit(expr)
  return [...found.values()]
}

/** Replace columns; `mapping` gives undefined for a column that stays. */
export function substitute(expr: Expr, mapping: (column: ColumnExpr) => Expr | undefined): Expr {
  return transform(expr, each => (each.kind === 'column' ? (mapping(each) ?? each) : each))
}

/** No column in it: its value is known before any row. */
export function isConstant(expr: Expr): boolean {
  return expr.kind !== 'column' && childrenOf(expr).every(isConstant)
}

/** `a AND (b AND c)` as [a, b, c]. */
export function conjuncts(expr: Expr): readonly Expr[] {
  return expr.kind === 'call' && expr.fn === 'and' ? expr.args.flatMap(conjuncts) : [expr]
}

/** The other way; of nothing: true. */
export function conjoin(parts: readonly Expr[]): Expr {
  const [only] = parts
  if (only === undefined) return literal(true, { kind: 'boolean' })
  return parts.length === 1 ? only : call('and', ...parts)
}

/** A text that is equal exactly when two expressions are equal; for maps and plan hashes. */
export const canonical = texts(showType, true)

/** The same, where what SQL declared of types counts too: what is held to it depends on that. */
export const exactText = texts(type => {
  const of = 'declared' in type ? type.declared : undefined
  return of === undefined ? showType(type) : [showType(type), of.name, of.size, of.fields].join(' ')
}, false)

/** Every expression around another one asks for its text: it is made once. @param bare what only names a type is left out */
function texts(typeText: (type: ScalarType) => string, bare: boolean): (expr: Expr) => string {
  const known = new WeakMap<Expr, string>()
  const textOf = (expr: Expr): string => {
    const found = known.get(expr)
    if (found !== undefined) return found
    const made = bare && isNaming(expr) ? textOf((expr as CastExpr).input) : madeText(expr, textOf, typeText)
    known.set(expr, made)
    return made
  }
  return textOf
}

/** An integer that is said to be numeric: SQL's sums of bigints, which are computed as what they are. */
export const isNaming = (expr: Expr): boolean =>
  expr.kind === 'cast' && 'declared' in expr.type && expr.type.declared?.name === 'numeric'

function madeText(expr: Expr, textOf: (expr: Expr) => string, typeText: (type: ScalarType) => string): string {
  switch (expr.kind) {
    case 'column':
      return JSON.stringify(['column', expr.input, ...expr.path])
    case 'literal':
      return JSON.stringify(['literal', typeText(expr.type), canonicalValue(expr.value)])
    case 'call':
      return `${JSON.stringify(expr.fn)}(${expr.args.map(textOf).join()})`
    case 'cast':
      return `cast${expr.lenient ? '?' : ''}(${textOf(expr.input)},${typeText(expr.type)})`
    case 'case':
      return `case(${childrenOf(expr).map(textOf).join()};${expr.otherwise === undefined ? '' : 'else'})`
  }
}

function canonicalValue(value: null | boolean | number | bigint | string | Uint8Array): string {
  if (value instanceof Uint8Array) return `binary:${value.join()}`
  return `${typeof value}:${Object.is(value, -0) ? '-0' : String(value)}`
}

export function sameExpr(a: Expr, b: Expr): boolean {
  return a === b || canonical(a) === canonical(b)
}
