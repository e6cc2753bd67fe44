// A process becomes one operator; its side outputs are further outlets of it.
import {
  enrich,
  type GroupStateSpec,
  groupState,
  keyedProcess,
  type Operator,
  type OperatorContext,
  type ProcessSpec,
} from '../ops/index.ts'
import { type Enrich, ERRORS, errorsSchema, type Process, properties, type Side, schema } from '../plan/index.ts'
import { leaves } from '../types/index.ts'
import { addVertex, type Outlet, type Vertex } from './graph.ts'
import { type Lowering, only } from './lowering.ts'

export function lowerProcess(node: Process, on: Lowering): Outlet {
  const { input, initial, definition } = node
  const inputs = initial === undefined ? [on.outlet(input)] : [on.outlet(input), on.outlet(initial)]
  const build = definition.groups === undefined ? byRow(node) : byGroup(node, definition.groups)
  return only(addVertex(on.graph, definition.verb, inputs, build))
}

/** What both operators are told. */
function shared({ input, keys, schema: rows, sides, initial, definition }: Process) {
  return {
    input: schema(input),
    keys,
    outputs: [{ name: 'rows', schema: rows }, ...sides],
    errors: definition.onError === 'skip' ? errorsSchema : undefined,
    initial: initial === undefined ? undefined : schema(initial),
    versions: { version: definition.version, migrate: definition.migrate },
    onError: definition.onError,
  }
}

function byRow(node: Process): (context: OperatorContext) => Operator {
  const { ttl, version, migrate, groups, ...functions } = node.definition
  const spec: ProcessSpec = {
    ...functions,
    ...shared(node),
    ttl: ttl === undefined ? undefined : Number(ttl),
    time: timeOf(node),
  }
  return context => keyedProcess(spec, context)
}

function byGroup(node: Process, groups: NonNullable<Process['definition']['groups']>) {
  const verb = node.definition.verb === 'mapGroupsWithState' ? 'mapGroupsWithState' : 'flatMapGroupsWithState'
  const spec: GroupStateSpec = { ...shared(node), ...groups, verb, fn: node.definition.on, time: timeOf(node) }
  return (context: OperatorContext): Operator => groupState(spec, context)
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
  const sides = of.kind === 'process' ? of.sides : []
  const port = output === ERRORS ? sides.length + 1 : sides.findIndex(each => each.name === output) + 1
  return outlets[port] as Outlet
}

export function lowerEnrich(node: Enrich, on: Lowering): Outlet {
  const { fn, batch, wait, concurrency, patience, cache, onError } = node
  const errors = onError === 'skip' ? errorsSchema : undefined
  const [input, output] = [schema(node.input), schema(node)]
  const spec = { fn, batch, wait, concurrency, patience, cache, onError, errors, input, output }
  return only(addVertex(on.graph, 'enrich', [on.outlet(node.input)], context => enrich(spec, context)))
}
