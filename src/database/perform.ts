// A statement, done: what comes of it is a table, or a word that it is done.
import { column, type Expr, literal } from '../expr/index.ts'
import { type Node, selectOf, sourceOf } from '../plan/index.ts'
import { type Copy, changingParts, type Definition, definitionOf, invalid, type Statement } from '../sql/index.ts'
import { type Field, type ScalarType, type Schema, schemaOf } from '../types/index.ts'
import { bound } from './catalog.ts'
import { change, truncate } from './change.ts'
import { createMaterializedView, createTable, createTableAs, createView, drop } from './define.ts'
import { csvParts, FILE_FORMATS, formatNamed, sourceFor } from './files.ts'
import { copyRows, insert } from './insert.ts'
import { copyTo } from './jobs.ts'
import { merge } from './merge.ts'
import { OptionReader } from './options.ts'
import type { Given, Place } from './place.ts'
import { prepared } from './prepared.ts'
import { relationNamed } from './relation.ts'
import { describe, explain, show } from './tell.ts'
import { changeTogether } from './together.ts'

/** The table of a statement, or the tag of one that has none. */
export async function perform(statement: Statement, given: Given, place: Place): Promise<Node | string> {
  const parts = changingParts(statement)
  if (parts.length > 0) return changeTogether(statement, parts, given, place)
  const definition = definitionOf(statement, given.script)
  switch (definition.kind) {
    case 'query':
      return bound(statement, given, place)
    case 'describe':
      return describe(statement, given, place)
    case 'explain':
      return explain(definition.of, definition.analyze, given, place)
    case 'show':
      return show(definition.name, given, place)
    default:
      return done(definition, given, place)
  }
}

type Doing = Exclude<Definition, { kind: 'query' | 'describe' | 'explain' | 'show' }>

async function done(definition: Doing, given: Given, place: Place): Promise<Node | string> {
  switch (definition.kind) {
    case 'create table':
      return createTable(definition, given, place)
    case 'create view':
      return createView(definition, given, place)
    case 'create table as':
      return createTableAs(definition, given, place)
    case 'create materialized view':
      return createMaterializedView(definition, given, place)
    case 'drop':
      return drop(definition.what, definition.names, definition.ifExists, given, place)
    case 'insert':
      return insert(definition, given, place)
    case 'update':
    case 'delete':
      return change(definition, given, place)
    case 'truncate':
      return truncate(definition, given, place)
    case 'merge':
      return merge(definition, given, place)
    case 'prepare':
    case 'execute':
    case 'deallocate':
      return prepared(definition, given, place, ({ statement, script }, params) =>
        perform(statement, { ...given, script, params }, place),
      )
    case 'copy to':
      return copyTo(definition, given, place)
    case 'copy from':
      return copyFrom(definition, given, place)
    case 'set':
      place.settings.set(definition.name, definition.value)
      return definition.value === undefined ? 'RESET' : 'SET'
  }
}

async function copyFrom(copy: Extract<Copy, { kind: 'copy from' }>, given: Given, place: Place): Promise<string> {
  const { store } = relationNamed(copy, given, place)
  const { text } = given.script
  if (store === undefined)
    return invalid(text, copy.byte, `${copy.table} is no memory table`, "write INSERT INTO t SELECT … FROM 'file'")
  const { fields } = store.schema
  const names = copy.columns.length === 0 ? fields.map(each => each.name) : copy.columns
  const found = names.map(name => fields.find(each => each.name === name) ?? noColumn(name, copy, text))
  const node = fileNode(copy, schemaOf(found), text)
  const { defaults } = store.rules
  const rows = fields.map(each => ({
    name: each.name,
    expr: names.includes(each.name) ? column(each.name) : (defaults.get(each.name)?.expr ?? missing(each, copy, text)),
  }))
  return copyRows(store, copy.table, selectOf(node, rows), given, place)
}

function missing({ name, type, nullable }: Field, { table, byte }: FromFile, text: string): Expr {
  if (nullable) return literal(null, type as ScalarType)
  return invalid(text, byte, `the column ${name} of ${table} may not be null, and is not given`, `name ${name} too`)
}

const noColumn = (name: string, { table, byte }: FromFile, text: string): never =>
  invalid(text, byte, `${table} has no column ${name}`, 'name columns of the table')

type FromFile = Extract<Copy, { kind: 'copy from' }>

/** The rows of the file, by the types that the table has. */
function fileNode({ path, options: given }: FromFile, columns: Schema, text: string): Node {
  const options = new OptionReader(given, text)
  const format = options.oneOf('format', FILE_FORMATS) ?? formatNamed(path)
  const csv = csvParts(path, options)
  options.end('COPY')
  return sourceOf(sourceFor(path, format, csv, columns, {}), undefined)
}
