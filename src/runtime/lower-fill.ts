// Gap filling: constants are columns of their own, behind the input's.
import { kindOf } from '../data/index.ts'
import { column, type Expr, typeOf } from '../expr/index.ts'
import { type FillColumn, fill, type OperatorContext, select } from '../ops/index.ts'
import { type Fill, schema } from '../plan/index.ts'
import { leaves, type ScalarType } from '../types/index.ts'
import { flatten } from './flat.ts'
import { addVertex, type Outlet } from './graph.ts'
import { columnNumber, kindsOf, type Lowering, only, sourceOf } from './lowering.ts'

export function lowerFill(node: Fill, on: Lowering): Outlet {
  const input = schema(node.input)
  const shown = leaves(input)
  const constants: Expr[] = []
  const columns = shown.map(({ path }): FillColumn => {
    const [name] = path as readonly [string]
    if (name === node.time) return { how: 'time' }
    if (node.per.includes(name)) return { how: 'group' }
    const how = node.fill.find(each => each.name === name)?.how ?? 'null'
    if (typeof how === 'string') return { how }
    return { how: 'constant', column: shown.length + constants.push(how.value) - 1 }
  })
  const groups = flatten(
    node.per.map(name => ({ name, expr: column(name) })),
    [input],
  )
  const kinds = [...kindsOf(input), ...constants.map(each => kindOf(typeOf(each, [input]).type as ScalarType))]
  const time = columnNumber(column(node.time), input) as number
  const { every, from, to } = node
  const build = (context: OperatorContext) => {
    const per = groups.map(({ expr, type, nullable }) => ({ by: sourceOf(expr, input, context), type, nullable }))
    return fill({ per, kinds, time, every, from, to, columns }, context)
  }
  return only(addVertex(on.graph, 'fill', [withConstants(node, constants, on)], build))
}

function withConstants(node: Fill, constants: readonly Expr[], on: Lowering): Outlet {
  const from = on.outlet(node.input)
  if (constants.length === 0) return from
  const input = schema(node.input)
  const own = leaves(input).map((_, i) => i)
  const build = (context: OperatorContext) =>
    select([...own, ...constants.map(each => sourceOf(each, input, context))], context)
  return only(addVertex(on.graph, 'project', [from], build))
}
