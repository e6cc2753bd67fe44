// sql`SELECT … FROM ${table} WHERE n > ${value}`: what stands between braces is a table or a value, never text. A table gets
// a name that stands nowhere else, a value becomes a parameter.
import { fail } from '../base/index.ts'
import type { Session } from '../plan/index.ts'
import { parse } from '../sql/index.ts'
import { Table } from '../table/index.ts'
import { bound } from './catalog.ts'
import { parametersOf } from './parameters.ts'
import type { Relation } from './place.ts'

/** A text with names and parameters in the place of what was put in. */
export interface Tagged {
  readonly text: string
  readonly tables: ReadonlyMap<string, Table<never>>
  readonly params: readonly unknown[]
}

/** The table of a query in a template. */
export async function taggedQuery<Row extends object>(
  session: Session,
  strings: readonly string[],
  values: readonly unknown[],
): Promise<Table<Row, 'update'>> {
  const { text, tables, params } = taggedText(strings, values)
  const script = parse(text)
  const [only, second] = script.statements
  if (only === undefined || second !== undefined) {
    const reason = `the text holds ${script.statements.length} statements`
    return fail('BAD_VERB', { verb: 'sql', reason, fix: 'write one query; several are for m.execute' })
  }
  const relations = new Map<string, Relation>()
  for (const [name, table] of tables) relations.set(name, { kind: 'table', node: () => table.node })
  const given = { script, params: parametersOf('sql', params), signal: undefined }
  return new Table<Row, 'update'>(await bound(only, given, { relations, follow: false }), session)
}

export function taggedText(strings: readonly string[], values: readonly unknown[]): Tagged {
  if (!Array.isArray(strings) || strings.length !== values.length + 1)
    return fail('BAD_VERB', {
      verb: 'sql',
      reason: 'it is a template tag',
      fix: 'write sql`SELECT …`, or m.sql(text, { params })',
    })
  const prefix = freePrefix(strings.join(' '))
  const tables = new Map<string, Table<never>>()
  const params: unknown[] = []
  let text = strings[0] as string
  for (const [i, value] of values.entries()) {
    const mark = value instanceof Table ? `${prefix}${tables.size + 1}` : `$${params.length + 1}`
    if (value instanceof Table) tables.set(mark, value as unknown as Table<never>)
    else params.push(value)
    text += `${mark}${strings[i + 1]}`
    checkStands(text, mark, strings[i + 1] as string)
  }
  return { text, tables, params }
}

/** What names of tables begin with here: nothing else in the text does. */
function freePrefix(text: string): string {
  let prefix = 'table_'
  while (text.toLowerCase().includes(prefix)) prefix += '_'
  return prefix
}

/** Texts, quoted names and comments: in them nothing is put in. */
const CLOSED = /'(?:[^']|'')*'|"(?:[^"]|"")*"|--[^\n]*\n|\/\*[\s\S]*?\*\/|\$(\w*)\$[\s\S]*?\$\1\$/g

/** The mark stands where a word may: not within a text, a quoted name or a comment, nor grown together with a word. */
function checkStands(text: string, mark: string, behind: string): void {
  const before = text.slice(0, text.length - behind.length - mark.length)
  const isOpen = /['"]|--|\/\*|\$\w*\$/.test(before.replace(CLOSED, ' '))
  if (!isOpen && !/[\w$]$/.test(before) && !/^[\w$]/.test(behind)) return
  const reason = `what is put in behind ${JSON.stringify(before.slice(-20))} is part of a text, a name or a comment`
  fail('BAD_VERB', { verb: 'sql', reason, fix: 'leave the quotes out, and join texts with ||' })
}
