// `read.memory` and `read.from`: rows of this process as tables. With weights the table is one that updates.
import { optionsFor } from '../../base/index.ts'
import type { Session } from '../../plan/index.ts'
import { type Table, type TimeOptions, tableOf } from '../../table/index.ts'
import {
  type ChangeKind,
  type RowOfInput,
  type Schema,
  type SchemaInput,
  type TimeColumn,
  toSchema,
} from '../../types/index.ts'
import { iterableInput, type MemoryInput, type MemoryOptions, memoryInput, type Weighted } from './source.ts'

type EventTime<Row> = TimeOptions<Extract<TimeColumn<Row>, string>>
type Rows<Row> = readonly Row[] | AsyncIterable<Row> | Iterable<Row>

/** An input that takes rows from code, and the table of them. */
export interface PushTable<Row extends object, Kind extends ChangeKind = 'append'> {
  readonly table: Table<Row, Kind>
  /** Resolves when there is room for more. */
  push: MemoryInput<Row>['push']
  /** No more rows. */
  close(): void
}

/** An input whose rows come and go. */
export interface WeightedTable<Row extends object> extends PushTable<Row, 'update'> {
  /** Rows with weights: +1 comes, -1 goes. Resolves when there is room for more. */
  pushWeighted: MemoryInput<Row>['pushWeighted']
}

type RowOptions<S> = MemoryOptions & EventTime<RowOfInput<S>>
type Plain<S> = RowOptions<S> & { readonly weights?: false }

/** The reader of rows that are pushed. */
export function pushed(session: Session) {
  function memory<S extends SchemaInput>(schema: S, options?: Plain<S>): PushTable<RowOfInput<S>>
  function memory<S extends SchemaInput>(
    schema: S,
    options: RowOptions<S> & { readonly weights: boolean },
  ): WeightedTable<RowOfInput<S>>
  function memory<S extends SchemaInput>(
    schema: S,
    options: RowOptions<S> = {},
  ): PushTable<RowOfInput<S>> | WeightedTable<RowOfInput<S>> {
    const { spec, push, pushWeighted, close } = memoryInput<RowOfInput<S>>(toSchema(schema), options)
    return { table: tableOf<RowOfInput<S>, 'update'>(spec, session, options as TimeOptions), push, pushWeighted, close }
  }
  return memory
}

/** The reader of rows that are there. */
export function given(session: Session) {
  function from<S extends SchemaInput>(
    rows: Rows<NoInfer<RowOfInput<S>>>,
    options: { readonly schema: S } & Plain<S>,
  ): Table<RowOfInput<S>, 'append'>
  function from<S extends SchemaInput>(
    rows: Rows<Weighted<NoInfer<RowOfInput<S>>>>,
    options: { readonly schema: S } & RowOptions<S> & { readonly weights: true },
  ): Table<RowOfInput<S>, 'update'>
  function from<S extends SchemaInput>(
    rows: Rows<RowOfInput<S>> | Rows<Weighted<RowOfInput<S>>>,
    options: { readonly schema: S } & RowOptions<S>,
  ): Table<RowOfInput<S>, ChangeKind> {
    const schema = schemaIn(options)
    const spec = Array.isArray(rows)
      ? memoryInput<RowOfInput<S>>(schema, options, rows).spec
      : iterableInput(schema, rows as Iterable<object>, options)
    return tableOf<RowOfInput<S>, ChangeKind>(spec, session, options as TimeOptions)
  }
  return from
}

/** Options that are some, whatever the caller gave. */
export function withSchema<O extends { readonly schema: SchemaInput }>(options: O): O {
  return optionsFor('read', options, 'pass { schema: t.row({ … }) }')
}

/** The schema that options must have. */
export function schemaIn(options: { readonly schema: SchemaInput }): Schema {
  return toSchema(withSchema(options).schema)
}
