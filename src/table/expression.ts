// What stands behind NumExpr, StrExpr … at run time: one class that holds the expression node. Its methods are in
// methods.ts, one line each.
import { badArgument, describeValue, fail, optionsFor } from '../base/index.ts'
import { call, conjoin, type Expr, type SortKey, show } from '../expr/index.ts'
import { type ColumnType, type Ordering, type OrderOptions, type ScalarType, scalars } from '../types/index.ts'
import { literalFrom } from './literal.ts'

/** An expression as the callbacks see it. */
export class Built {
  readonly #expr: Expr
  readonly #type: ScalarType | undefined

  /** @param type where it is known at once (a column). */
  constructor(expr: Expr, type?: ScalarType) {
    this.#expr = expr
    this.#type = type
  }

  static exprOf(value: Built): Expr {
    return value.#expr
  }
  static typeOf(value: Built): ScalarType | undefined {
    return value.#type
  }

  /** An expression has no value while the query is built: + and template strings must not pass unnoticed. */
  [Symbol.toPrimitive](): never {
    return fail('NOT_A_VALUE', { expression: show(this.#expr) })
  }
  toJSON(): never {
    return fail('NOT_A_VALUE', { expression: show(this.#expr) })
  }
  [Symbol.for('nodejs.util.inspect.custom')](): string {
    return `Expr(${show(this.#expr)})`
  }
}

/** A struct column: its fields are properties; the whole can be selected and grouped by. */
export class BuiltStruct {
  readonly #expr: Expr
  readonly #fields: readonly (readonly [string, unknown])[]

  constructor(expr: Expr, fields: readonly (readonly [string, unknown])[]) {
    this.#expr = expr
    this.#fields = fields
    for (const [name, value] of fields) Object.defineProperty(this, name, { value, enumerable: true })
  }
  /** All fields are equal. */
  eq(other: unknown): Built {
    if (!(other instanceof BuiltStruct))
      return badArgument('eq', 'other', other, 'compare it with a column of the same fields')
    return new Built(conjoin(this.#equalities(other)), scalars.boolean)
  }
  #equalities(other: BuiltStruct): readonly Expr[] {
    return this.#fields.flatMap(([name, mine]) => {
      const theirs = new Map(other.#fields).get(name)
      if (mine instanceof BuiltStruct && theirs instanceof BuiltStruct) return mine.#equalities(theirs)
      if (mine instanceof Built && theirs instanceof Built)
        return [call('eq', Built.exprOf(mine), Built.exprOf(theirs))]
      return badArgument('eq', 'other', other, 'compare it with a column of the same fields')
    })
  }
  static exprOf(value: BuiltStruct): Expr {
    return value.#expr
  }
}

/** A sort key as the callbacks see it. */
export class BuiltOrder implements Ordering {
  readonly key: SortKey
  constructor(key: SortKey) {
    this.key = key
  }
  get descending(): boolean {
    return this.key.descending
  }
  get nulls(): 'first' | 'last' {
    return this.key.nulls
  }
}

/** The node of an expression or plain value; undefined when it is neither. */
export function nodeOf(value: unknown, beside?: ColumnType): Expr | undefined {
  if (value instanceof Built) return Built.exprOf(value)
  if (value instanceof BuiltStruct) return BuiltStruct.exprOf(value)
  return literalFrom(value, beside)
}

/** The node of an operand; null and anything that is no value are refused with the fix. */
export function operand(self: Expr, value: unknown, beside?: ColumnType): Expr {
  const node = nodeOf(value, beside)
  if (node !== undefined) return node
  if (value === null) return fail('NULL_COMPARED', { expression: show(self) })
  return notAValue(value, `an argument beside ${show(self)}`)
}

export function notAValue(value: unknown, place: string): never {
  return fail('BAD_VERB', {
    verb: place,
    reason: `${describeValue(value)} is not an expression`,
    fix: 'use a column, an expression, a number, text, boolean, bigint or Date (and an array or Map beside such a column)',
  })
}

/** The key of orderBy. SQL's default for nulls: last ascending, first descending. */
export function orderKey(expr: Expr, descending: boolean, options: OrderOptions = {}): SortKey {
  const { nulls } = optionsFor(descending ? 'desc' : 'asc', options, "desc({ nulls: 'last' })")
  if (nulls !== undefined && nulls !== 'first' && nulls !== 'last')
    badArgument(descending ? 'desc' : 'asc', 'nulls', nulls, "desc({ nulls: 'last' })")
  return Object.freeze({ expr, descending, nulls: nulls ?? (descending ? 'first' : 'last') })
}
