// The rows that callbacks get: one property per column, whatever it is called (`__proto__`, `then`, 'a b'), so that
// destructuring and { ...row } work. A name that is no column is refused at once, with the nearest name.
import { column, type Expr } from '../expr/index.ts'
import { unknownColumn } from '../plan/index.ts'
import type { Columns, ColumnType, Schema } from '../types/index.ts'
import { BuiltStruct } from './expression.ts'
import { columnBuilt } from './methods.ts'

/** The columns of a schema as expressions; `input` 1 is the right side of a join. */
export function rowOf<Row>(schema: Schema, input = 0): Columns<Row> {
  return guarded(
    schema,
    schema.fields.map(({ name, type }) => [name, columnOf([name], input, type)]),
  ) as Columns<Row>
}

/** An object of own properties by any name; asking for another name is UNKNOWN_COLUMN. */
export function guarded(schema: Schema, entries: readonly (readonly [string, unknown])[]): object {
  const target = Object.create(null) as object
  for (const [name, value] of entries)
    Object.defineProperty(target, name, { value, enumerable: true, configurable: true, writable: true })
  return new Proxy(target, {
    get(columns, name) {
      if (typeof name === 'symbol') return undefined
      if (Object.hasOwn(columns, name)) return Reflect.get(columns, name)
      // JSON.stringify asks for it; what it finds next says what is wrong.
      return name === 'toJSON' ? undefined : unknownColumn(name, schema)
    },
  })
}

function columnOf(path: readonly string[], input: number, type: ColumnType): unknown {
  const expr: Expr = input === 0 ? column(...path) : Object.freeze({ ...column(...path), input })
  if (type.kind !== 'struct') return columnBuilt(expr, type)
  return new BuiltStruct(
    expr,
    type.fields.map(each => [each.name, columnOf([...path, each.name], input, each.type)]),
  )
}
