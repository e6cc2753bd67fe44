// Functions that stand where a table stands: windows of event time.

import { column } from '../expr/index.ts'
import { type Named, type Node, properties, schema, selectOf, windowOf } from '../plan/index.ts'
import type { Block } from './block.ts'
import { duration } from './durations.ts'
import type { FuncCall, RangeFunction, Node as Tree } from './parser.ts'
import { invalid, unsupported } from './refuse.ts'
import type { Relation } from './relation.ts'
import { aliased, tableOf } from './tables.ts'
import { itemsOf, locationOf, textOf } from './tree.ts'

export function tableFunction({ functions = [], alias, ordinality }: RangeFunction, block: Block): Relation {
  const { text } = block.query
  const [call] = itemsOf(functions[0])
  if (functions.length !== 1 || ordinality === true || call === undefined || !('FuncCall' in call))
    return unsupported(text, locationOf(call), 'this table function', 'docs/sql.md lists what may stand in FROM')
  const name = textOf(call.FuncCall.funcname?.at(-1)) ?? ''
  const made = WINDOWS[name]
  if (made === undefined)
    return invalid(
      text,
      call.FuncCall.location,
      `there is no table function ${name}`,
      `there are: ${Object.keys(WINDOWS).join(', ')}`,
    )
  const node = made(call.FuncCall, block)
  return aliased(node, alias?.aliasname ?? name, alias, block, call.FuncCall.location)
}

type WindowFunction = (call: FuncCall, block: Block) => Node

const WINDOWS: Readonly<Record<string, WindowFunction>> = {
  tumble: (call, block) => {
    const [input, size, offset] = argumentsOf(call, block, 'tumble(table, time, size [, offset])', 1, 2)
    return opened(windowOf(input, { kind: 'tumbling', size: size as bigint, offset: offset ?? 0n }, 0n))
  },
  hop: (call, block) => {
    const [input, slide, size, offset] = argumentsOf(call, block, 'hop(table, time, slide, size [, offset])', 2, 3)
    return opened(
      windowOf(input, { kind: 'sliding', size: size as bigint, slide: slide as bigint, offset: offset ?? 0n }, 0n),
    )
  },
}

/** The table, and the durations behind its time. */
function argumentsOf(
  call: FuncCall,
  block: Block,
  form: string,
  least: number,
  most: number,
): readonly [Node, ...(bigint | undefined)[]] {
  const { text } = block.query
  const [table, time, ...rest] = call.args ?? []
  const wrong = (): never =>
    invalid(text, call.location, `${form} was given ${call.args?.length ?? 0} arguments`, `write ${form}`)
  if (table === undefined || time === undefined || rest.length < least || rest.length > most) return wrong()
  const input = tableArgument(table, block) ?? wrong()
  checkTime(time, input, block)
  return [input, ...rest.map(each => duration(each, block))]
}

/** A table by its bare name, as a function's argument. */
function tableArgument(node: Tree, block: Block): Node | undefined {
  if (!('ColumnRef' in node) || (node.ColumnRef.fields ?? []).length !== 1) return undefined
  return tableOf(textOf(node.ColumnRef.fields?.[0]) ?? '', block.query, node.ColumnRef.location)
}

/** Windows are of the table's event time: the column that is named must be it. */
function checkTime(node: Tree, input: Node, block: Block): void {
  const { text } = block.query
  const name = 'ColumnRef' in node ? (node.ColumnRef.fields ?? []).map(textOf).join('.') : undefined
  const own = properties(input).eventTime?.path.join('.')
  if (name?.toLowerCase() === own?.toLowerCase()) return
  const fix = own === undefined ? "declare it: WITH (watermark = 'at - interval ''10 seconds''')" : `write ${own}`
  invalid(text, locationOf(node), `${name ?? 'this'} is not the event time of the table`, fix)
}

/** Windows as SQL's table functions have them: the columns window_start and window_end beside the window. */
function opened(node: Node): Node {
  const columns = schema(node).fields.map(({ name }): Named => ({ name, expr: column(name) }))
  return selectOf(node, [
    ...columns,
    { name: 'window_start', expr: column('window', 'start') },
    { name: 'window_end', expr: column('window', 'end') },
  ])
}
