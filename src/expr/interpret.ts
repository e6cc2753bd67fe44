// The meaning of expressions: one row of JavaScript values, one tree walk, no kernels. Evaluation (compile.ts) must
// agree with it in every value and every error (law 7). Rows hold their leaves in order, over all inputs.
import type { Schema } from '../types/index.ts'
import { resolve, type Typed, type TypedCall, type TypedForm } from './check.ts'
import { isRowError, rowFailure } from './failure.ts'
import { type Expr, type LiteralExpr, literal } from './node.ts'
import type { Overload } from './registry/entry.ts'
import { literalOf, type Value } from './value.ts'

/** The meaning of an expression: a function of a row's leaf values (input 0's leaves, then input 1's). */
export function interpreter(expr: Expr, inputs: readonly Schema[]): (row: readonly Value[]) => Value {
  const typed = resolve(expr, inputs)
  return row => valueOfTyped(typed, row)
}

/** The value of an expression for one row. */
export function interpret(expr: Expr, inputs: readonly Schema[], row: readonly Value[]): Value {
  return interpreter(expr, inputs)(row)
}

/**
 * The value of an expression without columns, as a literal of its type. Fails as a row would, without a position.
 *
 * A plan rule that folds constants must leave an expression alone when this fails: its row may never be computed.
 */
export function evaluateConstant(expr: Expr): LiteralExpr {
  const typed = resolve(expr, [])
  const value = valueOfTyped(typed, [])
  return value === null ? literal(null, typed.type) : literalOf(value, typed.type)
}

function valueOfTyped(node: Typed, row: readonly Value[]): Value {
  switch (node.kind) {
    case 'leaf':
      return row[node.leaf] as Value
    case 'constant':
      return node.value
    case 'call': {
      const args = node.args.map(each => valueOfTyped(each, row))
      return args.includes(null) && node.overload.seesNulls !== true ? null : applyTwin(node, args)
    }
    case 'form':
      return formValue(node, row)
    case 'case': {
      const taken = node.branches.find(each => valueOfTyped(each.when, row) === true)?.then ?? node.otherwise
      return taken === undefined ? null : valueOfTyped(taken, row)
    }
  }
}

/** The twin's answer for arguments that are not null, unless it takes nulls. */
function applyTwin(node: TypedCall, args: readonly Value[]): Value {
  try {
    return callTwin(node.overload, args)
  } catch (error) {
    if (!isRowError(error)) throw error
    if (node.lenient) return null
    throw rowFailure(error.code, node, args)
  }
}

export function callTwin(overload: Overload, args: readonly Value[]): Value {
  return (overload.twin as (...args: readonly Value[]) => Value)(...args)
}

function formValue(node: TypedForm, row: readonly Value[]): Value {
  const at = (i: number): Value => valueOfTyped(node.args[i] as Typed, row)
  switch (node.form) {
    case 'and':
      return logic(node.args, row, false)
    case 'or':
      return logic(node.args, row, true)
    case 'isNull':
      return at(0) === null
    case 'isNotNull':
      return at(0) !== null
    case 'isDistinct': {
      const [a, b] = [at(0), at(1)]
      return a === null || b === null ? a !== b : callTwin(node.compare as Overload, [a, b]) === false
    }
    case 'coalesce': {
      for (const each of node.args) {
        const value = valueOfTyped(each, row)
        if (value !== null) return value
      }
      return null
    }
    case 'greatest':
      return extreme(node, row, false)
    case 'least':
      return extreme(node, row, true)
  }
}

function logic(args: readonly Typed[], row: readonly Value[], decisive: boolean): Value {
  let result: Value = !decisive
  for (const each of args) {
    const value = valueOfTyped(each, row)
    if (value === decisive) return decisive
    if (value === null) result = null
  }
  return result
}

/** All arguments are computed; the first of equals stays. */
function extreme(node: TypedForm, row: readonly Value[], least: boolean): Value {
  let best: Value = null
  for (const value of node.args.map(each => valueOfTyped(each, row))) {
    if (value === null) continue
    const better = best === null || callTwin(node.compare as Overload, least ? [best, value] : [value, best]) === true
    if (better) best = value
  }
  return best
}
