// From names to meaning: columns become leaf numbers, calls become overloads, implicit casts become visible. What comes
// out (`Typed`) is all that the evaluator and the interpreter look at; equal parts of an expression are one object.
import { fail } from '../base/index.ts'
import {
  type ColumnType,
  declaredMeeting,
  isNested,
  type Leaf,
  leaves,
  type PlainKind,
  type ScalarType,
  type Schema,
  sameType,
  scalars,
  showType,
  widerType,
} from '../types/index.ts'
import { anyDecimal, asConstant, fittedTo, isPlain, typedResult } from './check-decimal.ts'
import { type Checking, listCall, noValue, structIn } from './check-nested.ts'
import type { CallExpr, CaseExpr, CastExpr, ColumnExpr, Expr } from './node.ts'
import { castOverload, implicitCost, unify } from './registry/cast.ts'
import { comparisonOf } from './registry/comparison.ts'
import { decimalMeeting } from './registry/decimal.ts'
import type { Entry, Form, Overload, Signature } from './registry/entry.ts'
import { entryOf, functionNames } from './registry/index.ts'
import { show } from './show.ts'
import { suggestion } from './suggest.ts'
import { literalValue, type Value } from './value.ts'
import { exactText } from './walk.ts'

interface Common {
  readonly type: ScalarType
  readonly nullable: boolean
  /** What the user wrote, for messages. */
  readonly source: Expr
}

/** A column: number of the leaf, counted over the leaves of all inputs. */
export interface TypedLeaf extends Common {
  readonly kind: 'leaf'
  readonly leaf: number
}

export interface TypedConstant extends Common {
  readonly kind: 'constant'
  readonly value: Value
}

/** A strict function: null if any argument is null. Casts too. */
export interface TypedCall extends Common {
  readonly kind: 'call'
  readonly overload: Overload
  readonly args: readonly Typed[]
  /** Null instead of an error. */
  readonly lenient: boolean
}

export interface TypedForm extends Common {
  readonly kind: 'form'
  readonly form: Form
  readonly args: readonly Typed[]
  /** For greatest, least (greater than) and isDistinct (equal). */
  readonly compare: Overload | undefined
}

export interface TypedCase extends Common {
  readonly kind: 'case'
  readonly branches: readonly { readonly when: Typed; readonly then: Typed }[]
  readonly otherwise: Typed | undefined
}

export type Typed = TypedLeaf | TypedConstant | TypedCall | TypedForm | TypedCase

/**
 * The type of an expression over its inputs (0, and 1 for the right side of a join). A plain column may be a struct.
 * Fails with UNKNOWN_COLUMN, UNKNOWN_FUNCTION, NO_OVERLOAD, NO_CAST or TYPE_MISMATCH.
 */
export function typeOf(
  expr: Expr,
  inputs: readonly Schema[],
): { readonly type: ColumnType; readonly nullable: boolean } {
  const whole = structIn(expr, inputs, typeOf)
  if (whole !== undefined) return whole
  const { type, nullable } = resolve(expr, inputs)
  return { type, nullable }
}

/** Who builds an expression step by step asks for the type of each step: what is below has been resolved. */
let last: { readonly inputs: readonly Schema[]; readonly resolver: Resolver } | undefined

/** Resolve an expression whose value is one scalar; the same failures as `typeOf`. */
export function resolve(expr: Expr, inputs: readonly Schema[]): Typed {
  const isSame = last?.inputs.length === inputs.length && last.inputs.every((each, i) => each === inputs[i])
  if (last === undefined || !isSame) last = { inputs, resolver: new Resolver(inputs) }
  return last.resolver.anew(expr)
}

/** Resolve an expression that must be a boolean. */
export function resolvePredicate(expr: Expr, inputs: readonly Schema[]): Typed {
  return expectBoolean(resolve(expr, inputs), expr)
}

class Resolver {
  readonly #inputs: readonly Schema[]
  readonly #leaves: readonly (readonly Leaf[])[]
  readonly #byNode = new Map<Expr, Typed>()
  readonly #byText = new Map<string, Typed>()

  constructor(inputs: readonly Schema[]) {
    this.#inputs = inputs
    this.#leaves = inputs.map(leaves)
  }

  /** Another expression: what it shares with those before are nodes; a text may stand for a number of another type there. */
  anew(expr: Expr): Typed {
    this.#byText.clear()
    return this.resolve(expr)
  }

  resolve(expr: Expr): Typed {
    const known = this.#byNode.get(expr)
    if (known !== undefined) return known
    const text = exactText(expr)
    const typed = this.#byText.get(text) ?? this.#resolve(expr)
    this.#byNode.set(expr, typed)
    this.#byText.set(text, typed)
    return typed
  }

  #resolve(expr: Expr): Typed {
    const struct = structIn(expr, this.#inputs, typeOf)
    if (struct !== undefined) return noValue(expr, struct.type)
    switch (expr.kind) {
      case 'column':
        return this.#column(expr)
      case 'literal':
        return {
          kind: 'constant',
          value: literalValue(expr),
          type: expr.type,
          nullable: expr.value === null,
          source: expr,
        }
      case 'call':
        return this.#call(expr)
      case 'case':
        return this.#case(expr)
      case 'cast':
        return this.#cast(expr)
    }
  }

  #column(expr: ColumnExpr): Typed {
    let leaf = 0
    for (const [input, all] of this.#leaves.entries()) {
      for (const each of all) {
        const found = input === expr.input && samePath(each.path, expr.path)
        if (found) return { kind: 'leaf', leaf, type: each.type, nullable: each.nullable, source: expr }
        leaf++
      }
    }
    const names = (this.#leaves[expr.input] ?? []).map(each => each.path.join('.'))
    return fail('UNKNOWN_COLUMN', { column: show(expr), suggestion: suggestion(expr.path.join('.'), names) })
  }

  #call(expr: CallExpr): Typed {
    const entry = entryOf(expr.fn)
    if (entry === undefined)
      return fail('UNKNOWN_FUNCTION', { fn: expr.fn, suggestion: suggestion(expr.fn, functionNames(), 0) })
    if (entry.rewrite !== undefined) {
      const rewritten = entry.rewrite(expr.args)
      return rewritten === undefined ? noOverload(entry, expr, []) : this.resolve(rewritten)
    }
    if (expr.fn === 'list_value') return listCall(expr, this.#checking(expr))
    const args = expr.args.map(each => this.resolve(each))
    if (entry.form !== undefined) return form(entry, entry.form, args, expr)
    const signature = generic(entry, args) ?? choose(entry, args)
    if (signature === undefined) return noOverload(entry, expr, args)
    const { overload, result } = signature
    const converted = args.map((each, i) => coerce(each, signature.args[i] as ScalarType))
    const nullable = overload.nullable === true || converted.some(each => each.nullable)
    const type = typedResult(overload, converted) ?? result
    return { kind: 'call', overload, args: converted, lenient: false, type, nullable, source: expr }
  }

  #checking(within: Expr): Checking {
    return {
      resolve: each => this.resolve(each),
      structOf: each => structIn(each, this.#inputs, typeOf),
      common: parts => common(parts, within),
      coerce,
      mismatch: types => fail('TYPE_MISMATCH', { types: types.join(', '), expression: show(within) }),
    }
  }

  #case(expr: CaseExpr): Typed {
    const whens = expr.branches.map(each => expectBoolean(this.resolve(each.when), expr))
    const thens = expr.branches.map(each => this.resolve(each.then))
    const last = expr.otherwise === undefined ? undefined : this.resolve(expr.otherwise)
    const type = common([...thens, ...(last === undefined ? [] : [last])], expr)
    const branches = whens.map((when, i) => ({ when, then: coerce(thens[i] as Typed, type) }))
    const otherwise = last === undefined ? undefined : coerce(last, type)
    const nullable = otherwise === undefined || otherwise.nullable || branches.some(each => each.then.nullable)
    return { kind: 'case', branches, otherwise, type, nullable, source: expr }
  }

  #cast(expr: CastExpr): Typed {
    const input = this.resolve(expr.input)
    const made = convert(input, expr.type, expr, expr.lenient)
    // It is declared otherwise, and lies as it lay.
    if (made === input && isRenamed(input.type, expr.type)) return { ...input, type: expr.type, source: expr }
    return (
      (made && anyDecimal(made, expr.type, expr)) ??
      fail('NO_CAST', { from: showType(input.type), to: showType(expr.type), expression: show(expr) })
    )
  }
}

const samePath = (a: readonly string[], b: readonly string[]): boolean =>
  a.length === b.length && a.every((each, i) => each === b[i])

function argumentType(overload: Overload, i: number): ScalarType {
  return scalars[overload.args[Math.min(i, overload.args.length - 1)] as PlainKind]
}

function accepts(overload: Overload, count: number): boolean {
  return overload.variadic ? count >= overload.args.length : count === overload.args.length
}

const isRenamed = (from: ScalarType, to: ScalarType): boolean =>
  !isNested(from) && !isNested(to) && from.kind !== 'decimal' && from.declared !== to.declared

/** A null of no type: it is written as a text. One that has a type keeps it: a column may have become it. */
const isNull = (arg: Typed): boolean => arg.kind === 'constant' && arg.value === null && arg.type.kind === 'string'

/** The overload over lists and maps, if the entry has one that takes these arguments. */
function generic(entry: Entry, args: readonly Typed[]): Signature | undefined {
  const { generic: of } = entry
  // A null of no type is a text where no other argument says what it is.
  const signature = of?.(args.map(each => (isNull(each) ? undefined : each.type))) ?? of?.(args.map(each => each.type))
  if (signature === undefined || signature.args.length !== args.length) return undefined
  return args.every((each, i) => costOf(each, signature.args[i] as ScalarType) < Number.POSITIVE_INFINITY)
    ? signature
    : undefined
}

/** The overload with the cheapest implicit casts; the first listed of equals. */
function choose(entry: Entry, args: readonly Typed[]): Signature | undefined {
  let best: Overload | undefined
  let least = Number.POSITIVE_INFINITY
  const exact = args.some(each => each.type.kind === 'decimal')
  for (const overload of entry.overloads) {
    if (!accepts(overload, args.length)) continue
    const cost = args.reduce((sum, each, i) => sum + costOf(each, argumentType(overload, i), exact), 0)
    if (cost < least) {
      least = cost
      best = overload
    }
  }
  if (best === undefined) return undefined
  const overload = best
  return { overload, args: args.map((_, i) => argumentType(overload, i)), result: scalars[overload.result] }
}

/** Types that a text literal may stand for, as in SQL. */
const fromText: ReadonlySet<string> = new Set<PlainKind>(['timestamp', 'date', 'json', 'time', 'interval', 'uuid'])

/** A null of no type fits every type; what has none of its own is a decimal beside one (`exact`). */
function costOf(arg: Typed, to: ScalarType, exact = false): number {
  if (isNull(arg)) return 0
  if (exact && to.kind === 'decimal' && isPlain(arg)) return 0.5
  if (isNested(arg.type) || isNested(to)) return sameType(arg.type, to) ? 0 : Number.POSITIVE_INFINITY
  if (arg.kind === 'constant' && arg.type.kind === 'string' && fromText.has(to.kind)) return 8
  return implicitCost(arg.type.kind, to.kind)
}

/** The implicit cast of an argument; constants are converted now. */
function coerce(given: Typed, to: ScalarType): Typed {
  const arg = to.kind === 'decimal' ? asConstant(given) : given
  return (
    convert(arg, to, arg.source, false) ??
    fail('NO_CAST', { from: showType(arg.type), to: showType(to), expression: show(arg.source) })
  )
}

function convert(input: Typed, to: ScalarType, source: Expr, lenient: boolean): Typed | undefined {
  if (sameType(input.type, to)) return input
  if (input.kind === 'constant' && input.value === null) return { ...input, type: to, source }
  if (isNested(input.type) || isNested(to)) return undefined
  if (to.kind === 'decimal' && (to.precision !== undefined || input.type.kind === 'decimal')) {
    const decimal = input.type.kind === 'decimal' ? input : convert(input, scalars.decimal, source, lenient)
    return decimal && fittedTo(decimal, to, source, lenient)
  }
  const overload = castOverload(input.type.kind, to.kind)
  if (overload === undefined) return undefined
  const nullable = input.nullable || lenient || overload.nullable === true
  const type = typedResult(overload, [input]) ?? to
  return { kind: 'call', overload, args: [input], lenient, type, nullable, source }
}

function expectBoolean(typed: Typed, within: Expr): Typed {
  if (typed.kind === 'constant' && typed.value === null) return coerce(typed, scalars.boolean)
  if (typed.type.kind === 'boolean') return typed
  return fail('NOT_BOOLEAN', { part: show(typed.source), type: typed.type.kind, expression: show(within) })
}

/** The one type that all these values can have. */
function common(parts: readonly Typed[], within: Expr): ScalarType {
  const known = parts.filter(each => !isNull(each))
  const isExact = known.some(each => each.type.kind === 'decimal')
  const firm = known.filter(
    each => !(isExact ? isPlain(each) : each.kind === 'constant' && each.type.kind === 'string'),
  )
  const types = (firm.length > 0 ? firm : known).map(each => each.type)
  const type =
    types.length === 0
      ? // Nulls: one without a type is a text.
        (parts.find(each => each.type.kind !== 'string') ?? parts[0])?.type
      : types.reduce<ScalarType | undefined>((a, b) => a && unifyTypes(a, b), types[0])
  if (type === undefined || known.some(each => costOf(each, type, isExact) === Number.POSITIVE_INFINITY))
    return fail('TYPE_MISMATCH', { types: parts.map(each => showType(each.type)).join(', '), expression: show(within) })
  return type
}

/** The type that both can have without an explicit cast; undefined: there is none. */
export function unifyTypes(a: ScalarType, b: ScalarType): ScalarType | undefined {
  if (isNested(a) || isNested(b)) return sameType(a, b) ? widerType(a, b) : undefined
  const kind = unify(a.kind, b.kind)
  if (kind === 'decimal') return decimalMeeting(a, b)
  if (a.kind === b.kind) return declaredMeeting(a, b)
  return kind === undefined ? undefined : scalars[kind]
}

const leastArguments: Readonly<Record<Form, readonly [number, number]>> = {
  and: [1, Number.POSITIVE_INFINITY],
  or: [1, Number.POSITIVE_INFINITY],
  coalesce: [1, Number.POSITIVE_INFINITY],
  greatest: [1, Number.POSITIVE_INFINITY],
  least: [1, Number.POSITIVE_INFINITY],
  isNull: [1, 1],
  isNotNull: [1, 1],
  isDistinct: [2, 2],
}

function form(entry: Entry, kind: Form, args: readonly Typed[], source: CallExpr): Typed {
  const [least, most] = leastArguments[kind]
  if (args.length < least || args.length > most) return noOverload(entry, source, args)
  const common = { kind: 'form', form: kind, source, compare: undefined } as const
  switch (kind) {
    case 'isNull':
    case 'isNotNull':
      return { ...common, args, type: scalars.boolean, nullable: false }
    case 'and':
    case 'or': {
      const booleans = args.map(each => expectBoolean(each, source))
      return { ...common, args: booleans, type: scalars.boolean, nullable: booleans.some(each => each.nullable) }
    }
    default:
      return sameTypes(kind, args, source)
  }
}

/** Forms whose arguments share one type. */
function sameTypes(form: Form, args: readonly Typed[], source: CallExpr): Typed {
  const shared = common(args, source)
  const all = args.map(each => coerce(each, shared))
  const compare = form === 'coalesce' ? undefined : comparisonOf(form === 'isDistinct' ? 'eq' : 'gt', shared)
  if (form !== 'coalesce' && compare === undefined)
    return fail('TYPE_MISMATCH', { types: showType(shared), expression: show(source) })
  const nullable = form !== 'isDistinct' && all.every(each => each.nullable)
  const type = form === 'isDistinct' ? scalars.boolean : shared
  return { kind: 'form', form, args: all, compare, type, nullable, source }
}

function noOverload(entry: Entry, expr: CallExpr, args: readonly Typed[]): never {
  const given = args.length > 0 ? args.map(each => showType(each.type)).join(', ') : `${expr.args.length} arguments`
  return fail('NO_OVERLOAD', {
    fn: entry.name,
    given,
    expression: show(expr),
    signatures:
      entry.family === 'comparison'
        ? 'two values of one type, such as a string and a string'
        : signatures(entry).join('; '),
  })
}

/** `substring(string, int) → string`, for messages and documentation. */
export function signatures(entry: Entry): readonly string[] {
  if (entry.signature !== undefined) return [entry.signature]
  const plain = entry.overloads.map(
    each => `${entry.name}(${each.args.join(', ')}${each.variadic ? ', …' : ''}) → ${each.result}`,
  )
  return [...plain, ...(entry.generics ?? [])]
}
