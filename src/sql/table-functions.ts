// Functions that stand where a table stands.
import type { Block } from './block.ts'
import type { FuncCall, RangeFunction, Node as Tree } from './parser.ts'
import { invalid, unsupported } from './refuse.ts'
import type { Relation } from './relation.ts'
import { aliased, tableOf } from './tables.ts'
import { cutIntoWindows, isTimeWindow, timeWindowNames } from './time-windows.ts'
import { itemsOf, locationOf, textOf } from './tree.ts'

export function tableFunction({ functions = [], alias, ordinality }: RangeFunction, block: Block): Relation {
  const { text } = block.query
  const [call] = itemsOf(functions[0])
  if (functions.length !== 1 || ordinality === true || call === undefined || !('FuncCall' in call))
    return unsupported(text, locationOf(call), 'this table function', 'docs/sql.md lists what may stand in FROM')
  const name = textOf(call.FuncCall.funcname?.at(-1)) ?? ''
  if (!isTimeWindow(name)) {
    const fix = `there are: ${timeWindowNames().join(', ')}`
    return invalid(text, call.FuncCall.location, `there is no table function ${name}`, fix)
  }
  const [table, ...rest] = call.FuncCall.args ?? []
  const relation = tableArgument(table, call.FuncCall, name, block)
  return cutIntoWindows(
    name,
    aliased(relation, alias?.aliasname ?? name, alias, block, call.FuncCall.location),
    call.FuncCall,
    rest,
    block,
  )
}

/** A table by its bare name, as a function's argument. */
function tableArgument(node: Tree | undefined, call: FuncCall, name: string, block: Block) {
  if (node === undefined || !('ColumnRef' in node) || (node.ColumnRef.fields ?? []).length !== 1)
    return invalid(block.query.text, call.location, `${name} needs a table first`, `write ${name}(t, at, …)`)
  return tableOf(textOf(node.ColumnRef.fields?.[0]) ?? '', block.query, node.ColumnRef.location)
}
