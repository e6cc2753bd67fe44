// Structs and lists that expressions make. A struct is its fields' expressions side by side: what computes columns takes it
// apart (`structFields`), and it has no value of its own. A list is one value, whose elements are brought to one type; of
// structs it takes the fields, which are nulls where an element is.
import { fail } from '../base/index.ts'
import { CellWriter, END, listBytes, NULL, putElement, VALUE } from '../data/index.ts'
import {
  type ColumnType,
  type Field,
  field,
  type ListType,
  listOf,
  type ScalarType,
  type Schema,
  type StructType,
  showType,
} from '../types/index.ts'
import type { Typed, TypedCall } from './check.ts'
import { type CallExpr, type ColumnExpr, type Expr, literal, makesStruct } from './node.ts'
import type { Overload } from './registry/entry.ts'
import { show } from './show.ts'
import type { Value } from './value.ts'

type TypeAndNull = { readonly type: ColumnType; readonly nullable: boolean }
type StructAndNull = { readonly type: StructType; readonly nullable: boolean }
type TypeIn = (expr: Expr, inputs: readonly Schema[]) => TypeAndNull
type NamedExpr = readonly [name: string, expr: Expr]

/** The fields that `struct('a', x, 'b', y)` is made of; undefined: it is another expression. */
export function structFields(expr: Expr): readonly NamedExpr[] | undefined {
  if (expr.kind !== 'call' || !makesStruct(expr)) return undefined
  const { args } = expr
  return Array.from({ length: args.length >> 1 }, (_, i) => {
    const name = args[2 * i] as Expr
    return [name.kind === 'literal' ? String(name.value) : '', args[2 * i + 1] as Expr] as const
  })
}

/** A struct of named expressions. */
export const structExpr = (fields: readonly NamedExpr[], fn: 'struct' | 'row' | 'record' = 'struct'): CallExpr => {
  const args = fields.flatMap(([name, expr]) => [literal(name, { kind: 'string' }), expr])
  return Object.freeze({ kind: 'call', fn, args: Object.freeze(args) })
}

/** What stands at a path within an expression that makes or is a struct; undefined: nothing can be said. */
export function fieldAt(expr: Expr, path: readonly string[]): Expr | undefined {
  const [name, ...rest] = path
  if (name === undefined) return expr
  if (expr.kind === 'column') return Object.freeze({ ...expr, path: Object.freeze([...expr.path, ...path]) })
  const found = structFields(expr)?.find(each => each[0] === name)?.[1]
  return found && fieldAt(found, rest)
}

/** The type of a column, or an expression, that is a struct; undefined: it is another one. */
export function structIn(expr: Expr, inputs: readonly Schema[], typeOf: TypeIn): StructAndNull | undefined {
  if (expr.kind === 'column') return columnIn(expr, inputs)
  const fields = structFields(expr)
  if (fields === undefined || expr.kind !== 'call') return undefined
  const type = structType(fields, each => typeOf(each, inputs))
  if (expr.fn === 'struct') return { type, nullable: false }
  return { type: Object.freeze({ ...type, isRow: true }), nullable: expr.fn === 'record' }
}

function columnIn(expr: ColumnExpr, inputs: readonly Schema[]): StructAndNull | undefined {
  let fields = inputs[expr.input]?.fields
  let nullable = false
  let type: ColumnType | undefined
  for (const name of expr.path) {
    const found = fields?.find(each => each.name === name)
    if (found === undefined) return undefined
    nullable ||= found.nullable
    type = found.type
    fields = type.kind === 'struct' ? type.fields : undefined
  }
  return type?.kind === 'struct' ? { type, nullable } : undefined
}

export function noValue(expr: Expr, type: StructType): never {
  const [first] = type.fields
  return fail('STRUCT_COLUMN', {
    column: show(expr),
    type: showType(type),
    field: `${show(expr)}.${first?.name ?? 'name'}`,
  })
}

function structType(fields: readonly NamedExpr[], typeOf: (expr: Expr) => TypeAndNull): StructType {
  const made = fields.map(([name, expr]): Field => {
    const { type, nullable } = typeOf(expr)
    return field(name, type, nullable)
  })
  return Object.freeze({ kind: 'struct', fields: Object.freeze(made) })
}

/** What checking an element needs of the checker. */
export interface Checking {
  resolve(expr: Expr): Typed
  /** The type of an expression that is a struct; undefined: it is none. */
  structOf(expr: Expr): StructAndNull | undefined
  common(parts: readonly Typed[]): ScalarType
  coerce(part: Typed, to: ScalarType): Typed
  /** Elements of types that have no common one. */
  mismatch(types: readonly string[]): never
}

/** An element: a value, or a struct of such. */
type Part = Typed | Parts
interface Parts {
  readonly kind: 'parts'
  readonly fields: readonly (readonly [name: string, part: Part])[]
  /** A struct column that may be null: it is where all its fields are. */
  readonly nullable: boolean
}

/** `list_value(a, b)`: never null itself. */
export function listCall(expr: CallExpr, on: Checking): TypedCall {
  const elements = expr.args.map(each => partOf(each, on))
  const { type: element, nullable } = unified(elements, on)
  const args: Typed[] = []
  const puts = elements.map(each => putOf(each, element, args, on))
  const type: ListType = listOf(element, nullable)
  const overload: Overload = { args: ['binary'], result: 'binary', seesNulls: true, twin: makerOf(type, puts) as never }
  return { kind: 'call', overload, args, lenient: false, type, nullable: false, source: expr }
}

function partOf(expr: Expr, on: Checking): Part {
  const struct = on.structOf(expr)
  if (struct === undefined) return on.resolve(expr)
  const fields = struct.type.fields.map(({ name }) => [name, partOf(fieldAt(expr, [name]) as Expr, on)] as const)
  return { kind: 'parts', fields, nullable: struct.nullable }
}

const isParts = (part: Part): part is Parts => part.kind === 'parts'

/** The one type of these elements, and whether one may be null. */
function unified(parts: readonly Part[], on: Checking): TypeAndNull {
  const structs = parts.filter(isParts)
  const values = parts.filter((each): each is Typed => !isParts(each))
  if (structs.length === 0) return { type: on.common(values), nullable: values.some(each => each.nullable) }
  const [first] = structs as [Parts]
  const namesOf = (each: Parts): string => each.fields.map(([name]) => name).join()
  if (values.length > 0 || structs.some(each => namesOf(each) !== namesOf(first)))
    return on.mismatch(parts.map(each => showType(isParts(each) ? unified([each], on).type : each.type)))
  const fields = first.fields.map(([name], i): Field => {
    const { type, nullable } = unified(
      structs.map(each => (each.fields[i] as Parts['fields'][number])[1]),
      on,
    )
    return field(name, type, nullable)
  })
  const type: StructType = Object.freeze({ kind: 'struct', fields: Object.freeze(fields) })
  return { type, nullable: structs.some(each => each.nullable) }
}

type Put = (out: CellWriter, values: readonly Value[]) => void

/** How an element is written, of the values of `args`, which its own are added to. */
function putOf(part: Part, type: ColumnType, args: Typed[], on: Checking): Put {
  if (!isParts(part)) {
    const at = args.push(on.coerce(part, type as ScalarType)) - 1
    return (out, values) => putElement(out, type, values[at] as Value)
  }
  const from = args.length
  const puts = part.fields.map(([, each], i) => putOf(each, ((type as StructType).fields[i] as Field).type, args, on))
  const to = args.length
  return (out, values) => {
    const isNone = part.nullable && values.slice(from, to).every(each => each === null)
    out.byte(isNone ? NULL : VALUE)
    if (!isNone) for (const put of puts) put(out, values)
  }
}

function makerOf(type: ListType, puts: readonly Put[]): (...values: readonly Value[]) => Value {
  if (puts.length === 0) return () => listBytes(type, [])
  return (...values) => {
    const out = new CellWriter()
    for (const put of puts) put(out, values)
    out.byte(END)
    return out.slice()
  }
}
