// The columns of CREATE TABLE: names, types, and the rules that rows are held to. A column may be null unless it says otherwise.
import { type Field, field, type Schema, schemaOf } from '../../types/index.ts'
import type { ColumnDef, Constraint, Node } from '../parser.ts'
import { invalid, unsupported, within } from '../refuse.ts'
import { kindName, locationOf, textsOf } from '../tree.ts'
import { typeNamed } from '../types.ts'

export interface ColumnList {
  /** Undefined: none is given, so that they are found out. */
  readonly schema: Schema | undefined
  /** The columns of the primary key. */
  readonly key: readonly string[]
  readonly rules: RuleTrees
}

/** Columns whose values no two rows share. */
export interface Unique {
  readonly name: string
  readonly columns: readonly string[]
  /** NULLS NOT DISTINCT: a null is a value like others. */
  readonly nullsEqual: boolean
}

/** What rows are held to besides types and NOT NULL, as it was written. */
export interface RuleTrees {
  readonly defaults: ReadonlyMap<string, Node>
  readonly checks: readonly { readonly name: string | undefined; readonly tree: Node }[]
  readonly uniques: readonly Unique[]
}

interface Reading {
  readonly table: string
  readonly text: string
  readonly key: string[]
  readonly defaults: Map<string, Node>
  readonly checks: { name: string | undefined; tree: Node }[]
  readonly uniques: Unique[]
}

export function columnsOf(table: string, elements: readonly Node[], text: string): ColumnList {
  const reading: Reading = { table, text, key: [], defaults: new Map(), checks: [], uniques: [] }
  const fields: Field[] = []
  for (const each of elements) {
    if ('ColumnDef' in each) fields.push(columnOf(each.ColumnDef, reading))
    else if ('Constraint' in each) constrain(each.Constraint, textsOf(each.Constraint.keys), reading)
    else unsupported(text, locationOf(each), kindName(each), 'list the columns with their types')
  }
  const { key, uniques } = reading
  const named = uniques.flatMap(each => each.columns)
  const unknown = named.find(name => !fields.some(each => each.name === name))
  if (unknown !== undefined)
    invalid(text, undefined, `there is no column ${unknown} that a key names`, 'name columns of the table')
  if (fields.length === 0) return { schema: undefined, key, rules: reading }
  const required = fields.map(each => (key.includes(each.name) ? field(each.name, each.type) : each))
  return { schema: within(text, locationOf(elements[0]), () => schemaOf(required)), key, rules: reading }
}

function columnOf(column: ColumnDef, reading: Reading): Field {
  const { colname = '', typeName, constraints = [], location } = column
  const { text } = reading
  if (typeName === undefined) return invalid(text, location, `the column ${colname} has no type`, 'write one behind it')
  let nullable = true
  for (const each of constraints) {
    if (!('Constraint' in each)) continue
    if (each.Constraint.contype === 'CONSTR_NOTNULL') nullable = false
    else constrain(each.Constraint, [colname], reading)
  }
  return field(colname, typeNamed(typeName, text), nullable)
}

/** @param columns those that it is about: the one that it stands behind, or those that it lists */
function constrain(constraint: Constraint, columns: readonly string[], reading: Reading): void {
  const { contype, conname, raw_expr: tree, location, nulls_not_distinct: nullsEqual = false } = constraint
  const { table, text, key, defaults, checks, uniques } = reading
  switch (contype) {
    case 'CONSTR_NULL':
      return
    case 'CONSTR_PRIMARY':
      if (key.length > 0) invalid(text, location, 'a table has one primary key', 'leave the other one out')
      key.push(...columns)
      uniques.unshift({ name: conname ?? `${table}_pkey`, columns, nullsEqual })
      return
    case 'CONSTR_UNIQUE':
      uniques.push({ name: conname ?? `${table}_${columns.join('_')}_key`, columns, nullsEqual })
      return
    case 'CONSTR_DEFAULT':
      defaults.set(columns[0] as string, tree as Node)
      return
    case 'CONSTR_CHECK':
      checks.push({ name: conname, tree: tree as Node })
      return
    default:
      refuseConstraint(constraint, text)
  }
}

const NAMES: Readonly<Record<string, string>> = {
  CONSTR_FOREIGN: 'REFERENCES',
  CONSTR_IDENTITY: 'GENERATED AS IDENTITY',
  CONSTR_GENERATED: 'GENERATED',
  CONSTR_EXCLUSION: 'EXCLUDE',
}

function refuseConstraint({ contype, location }: Constraint, text: string): never {
  const name = NAMES[String(contype)] ?? String(contype).replace('CONSTR_', '').replaceAll('_', ' ')
  return unsupported(text, location, name, 'leave it out: there are NOT NULL, DEFAULT, CHECK, UNIQUE and PRIMARY KEY')
}
