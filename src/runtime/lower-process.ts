// A process becomes one operator; its side outputs are further outlets of it.
import { keyedProcess, type ProcessSpec } from '../ops/index.ts'
import { ERRORS, errorsSchema, type Process, properties, type Side, schema } from '../plan/index.ts'
import { leaves } from '../types/index.ts'
import { addVertex, type Outlet, type Vertex } from './graph.ts'
import { type Lowering, only } from './lowering.ts'

export function lowerProcess(node: Process, on: Lowering): Outlet {
  const { input, initial, definition } = node
  const { ttl, version, migrate, ...functions } = definition
  const spec: ProcessSpec = {
    ...functions,
    ttl: ttl === undefined ? undefined : Number(ttl),
    versions: { version, migrate },
    input: schema(input),
    keys: node.keys,
    time: timeOf(node),
    outputs: [{ name: 'rows', schema: node.schema }, ...node.sides],
    errors: definition.onError === 'skip' ? errorsSchema : undefined,
    initial: initial === undefined ? undefined : schema(initial),
  }
  const inputs = initial === undefined ? [on.outlet(input)] : [on.outlet(input), on.outlet(initial)]
  return only(addVertex(on.graph, definition.verb, inputs, context => keyedProcess(spec, context)))
}

function timeOf({ input }: Process): ProcessSpec['time'] {
  const { eventTime } = properties(input)
  if (eventTime === undefined) return undefined
  const path = JSON.stringify(eventTime.path)
  const column = leaves(schema(input)).findIndex(leaf => JSON.stringify(leaf.path) === path)
  return column < 0 ? undefined : { column, shift: eventTime.shift }
}

export function lowerSide({ of, output }: Side, on: Lowering): Outlet {
  const { outlets } = on.outlet(of).vertex as Vertex
  const port = output === ERRORS ? of.sides.length + 1 : of.sides.findIndex(each => each.name === output) + 1
  return outlets[port] as Outlet
}
