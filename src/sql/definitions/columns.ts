// The columns of CREATE TABLE: names, types, NOT NULL and the primary key. A column may be null unless it says otherwise.
import { type Field, field, type Schema, schemaOf } from '../../types/index.ts'
import type { ColumnDef, Constraint, Node } from '../parser.ts'
import { invalid, unsupported, within } from '../refuse.ts'
import { kindName, locationOf, textsOf } from '../tree.ts'
import { typeNamed } from '../types.ts'

export interface ColumnList {
  /** Undefined: none is given, so that they are found out. */
  readonly schema: Schema | undefined
  readonly key: readonly string[]
}

export function columnsOf(elements: readonly Node[], text: string): ColumnList {
  const key: string[] = []
  const fields: Field[] = []
  for (const each of elements) {
    if ('ColumnDef' in each) fields.push(columnOf(each.ColumnDef, key, text))
    else if ('Constraint' in each) constrain(each.Constraint, key, text)
    else unsupported(text, locationOf(each), kindName(each), 'list the columns with their types')
  }
  const unknown = key.find(name => !fields.some(each => each.name === name))
  if (unknown !== undefined)
    invalid(text, undefined, `there is no column ${unknown} that the primary key names`, 'name columns of the table')
  if (fields.length === 0) return { schema: undefined, key }
  const required = fields.map(each => (key.includes(each.name) ? field(each.name, each.type) : each))
  return { schema: within(text, locationOf(elements[0]), () => schemaOf(required)), key }
}

function columnOf(column: ColumnDef, key: string[], text: string): Field {
  const { colname = '', typeName, constraints = [], location } = column
  if (typeName === undefined) return invalid(text, location, `the column ${colname} has no type`, 'write one behind it')
  let nullable = true
  for (const each of constraints) {
    if (!('Constraint' in each)) continue
    const { contype } = each.Constraint
    if (contype === 'CONSTR_NOTNULL') nullable = false
    else if (contype === 'CONSTR_PRIMARY') key.push(colname)
    else if (contype !== 'CONSTR_NULL') refuseConstraint(each.Constraint, text)
  }
  return field(colname, typeNamed(typeName, text), nullable)
}

function constrain(constraint: Constraint, key: string[], text: string): void {
  if (constraint.contype !== 'CONSTR_PRIMARY') refuseConstraint(constraint, text)
  if (key.length > 0) invalid(text, constraint.location, 'a table has one primary key', 'leave the other one out')
  key.push(...textsOf(constraint.keys))
}

const NAMES: Readonly<Record<string, string>> = {
  CONSTR_DEFAULT: 'DEFAULT',
  CONSTR_CHECK: 'CHECK',
  CONSTR_UNIQUE: 'UNIQUE',
  CONSTR_FOREIGN: 'REFERENCES',
  CONSTR_IDENTITY: 'GENERATED AS IDENTITY',
  CONSTR_GENERATED: 'GENERATED',
}

function refuseConstraint({ contype, location }: Constraint, text: string): never {
  const name = String(contype)
  return unsupported(text, location, NAMES[name] ?? name, 'leave it out: there are NOT NULL and PRIMARY KEY')
}
