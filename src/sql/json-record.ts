// json_to_record(document) AS x (a int, b text), and json_to_recordset of an array of objects: each column is the member of its
// name, read as its type. They are written as the queries that they stand for.
import { columnNode, targetNode, textNode } from './made-tree.ts'
import type { ColumnDef, FuncCall, Node, RangeFunction, SelectStmt } from './parser.ts'
import { invalid, unsupported } from './refuse.ts'
import { itemsOf, textOf } from './tree.ts'

const plain = { op: 'SETOP_NONE', limitOption: 'LIMIT_OPTION_DEFAULT' } as const satisfies SelectStmt

/** The subquery that such a call in FROM is; undefined: it is none. */
export function recordSelect(node: RangeFunction, text: string): Node | undefined {
  const { functions = [], coldeflist = [], alias } = node
  const [first] = itemsOf(functions[0])
  const call = first !== undefined && 'FuncCall' in first ? first.FuncCall : undefined
  const name = textOf(call?.funcname?.at(-1)) ?? ''
  const [, populate, set] = /^jsonb?_(to|populate)_record(set)?$/.exec(name) ?? []
  if (call === undefined || populate === undefined) return undefined
  if (populate === 'populate')
    return unsupported(
      text,
      call.location,
      name,
      `write ${name.replace('populate', 'to')}(document) AS x (a int, b text)`,
    )
  const columns = coldeflist.flatMap(each => ('ColumnDef' in each ? [each.ColumnDef] : []))
  const [document, more] = call.args ?? []
  if (columns.length === 0 || document === undefined || more !== undefined || functions.length > 1)
    return invalid(
      text,
      call.location,
      `${name} needs one document, and columns`,
      `write ${name}(j) AS x (a int, b text)`,
    )
  const table = alias?.aliasname ?? name
  const from = set === undefined ? oneRow(asJson(document)) : elementsOf(call, document)
  const select: SelectStmt = { ...plain, targetList: columns.map(each => member(each, text)), fromClause: [from] }
  return { RangeSubselect: { lateral: true, subquery: { SelectStmt: select }, alias: { aliasname: table } } }
}

const VALUE = '?value'

const asJson = (arg: Node): Node => ({
  TypeCast: { arg, typeName: { names: [textNode('jsonb')], typemod: -1, location: -1 }, location: -1 },
})

/** The document as a table of one row. */
const oneRow = (document: Node): Node => ({
  RangeSubselect: {
    lateral: true,
    subquery: { SelectStmt: { ...plain, targetList: [targetNode(document, VALUE)] } },
    alias: { aliasname: '?document' },
  },
})

function elementsOf({ location }: FuncCall, document: Node): Node {
  const funcname = [textNode('jsonb_array_elements')]
  const elements = { FuncCall: { funcname, args: [document], location: location ?? -1 } }
  const alias = { aliasname: '?elements', colnames: [textNode(VALUE)] }
  return { RangeFunction: { lateral: true, functions: [{ List: { items: [elements] } }], alias } }
}

/** (value ->> 'name')::type; json stays json. */
function member({ colname = '', typeName, location }: ColumnDef, text: string): Node {
  const type = textOf(typeName?.names?.at(-1)) ?? ''
  if ((typeName?.arrayBounds ?? []).length > 0)
    return unsupported(text, location, 'an array as a column of a record', 'read it as jsonb, and take it apart')
  const isJson = type === 'json' || type === 'jsonb'
  const key: Node = { A_Const: { sval: { sval: colname }, location: -1 } }
  const lexpr = columnNode(VALUE)
  const read: Node = {
    A_Expr: { kind: 'AEXPR_OP', name: [textNode(isJson ? '->' : '->>')], lexpr, rexpr: key, location: -1 },
  }
  const value: Node = isJson || typeName === undefined ? read : { TypeCast: { arg: read, typeName, location: -1 } }
  return targetNode(value, colname)
}
