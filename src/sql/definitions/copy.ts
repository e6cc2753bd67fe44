// COPY: a file of what a query gives, or rows of a file into a table.
import { columnNode, starNode, targetNode } from '../made-tree.ts'
import type { CopyStmt, Node, Script, SelectStmt, Statement } from '../parser.ts'
import { invalid, unsupported } from '../refuse.ts'
import { textsOf } from '../tree.ts'
import { nameOf } from './names.ts'
import { type Options, optionsOf } from './options.ts'

export type Copy =
  | { readonly kind: 'copy to'; readonly query: Statement; readonly path: string; readonly options: Options }
  | {
      readonly kind: 'copy from'
      readonly table: string
      readonly byte: number | undefined
      readonly columns: readonly string[]
      readonly path: string
      readonly options: Options
    }

export function copyOf(statement: CopyStmt, script: Script): Copy {
  const { relation, query, attlist, is_from, is_program, filename, whereClause } = statement
  const { text } = script
  if (is_program === true) return unsupported(text, undefined, 'COPY … PROGRAM', 'pipe it: … | millrace sql')
  if (filename === undefined)
    return unsupported(text, undefined, 'COPY with STDIN and STDOUT', 'name a file, or write SELECT … FROM stdin')
  if (whereClause !== undefined)
    return unsupported(text, undefined, 'WHERE of COPY', "write INSERT INTO t SELECT … FROM 'file' WHERE …")
  const options = optionsOf(statement.options, text)
  const columns = textsOf(attlist)
  if (is_from === true)
    return {
      kind: 'copy from',
      table: nameOf(relation, script),
      byte: relation?.location,
      columns,
      path: filename,
      options,
    }
  return { kind: 'copy to', query: source(query, relation, columns, script), path: filename, options }
}

/** What COPY TO writes: its query, or the table (some of its columns). */
function source(
  query: Node | undefined,
  relation: CopyStmt['relation'],
  columns: readonly string[],
  { text }: Script,
): Statement {
  if (query !== undefined) {
    if ('SelectStmt' in query) return { tree: query, text }
    return unsupported(text, undefined, 'COPY of a statement that changes rows', 'write COPY (SELECT …) TO')
  }
  if (relation === undefined) return invalid(text, undefined, 'COPY has nothing to copy', 'write COPY (SELECT …) TO')
  const named = columns.length === 0 ? [starNode()] : columns.map(each => columnNode(each))
  const targetList = named.map(each => targetNode(each))
  const select: SelectStmt = { targetList, fromClause: [{ RangeVar: relation }] }
  return { tree: { SelectStmt: select }, text }
}
