import assert from 'node:assert/strict'
import { test } from 'node:test'
import { batchFromRows, type Kind, kindOf, Memory } from '../../src/data/index.ts'
import { type AggregateSpec, aggregate, apply, type Operator, replay, roundJoin, union } from '../../src/ops/index.ts'
import { aggregateTwin } from '../../src/ops/reference/aggregate.ts'
import { iterateTwin } from '../../src/ops/reference/iterate.ts'
import { joinTwin } from '../../src/ops/reference/join.ts'
import type { Row, Weighted } from '../../src/ops/reference/zset.ts'
import { addVertex, type Outlet } from '../../src/runtime/graph.ts'
import { type Body, type IterateSpec, iterate } from '../../src/runtime/iterate.ts'
import { field, leaves, type Schema, schemaOf, scalars as t } from '../../src/types/index.ts'
import { checkTwin } from '../ops/harness.ts'
import { type Rng, seeded } from '../support/seed.ts'

const kindsOf = (schema: Schema): Kind[] => leaves(schema).map(leaf => kindOf(leaf.type))
const out = (vertex: { readonly outlets: readonly Outlet[] }): Outlet => vertex.outlets[0] as Outlet

const paths = schemaOf([field('node', t.int), field('cost', t.int)])
const edges = schemaOf([field('src', t.int), field('dst', t.int), field('length', t.int)])
const joined = schemaOf([...paths.fields, ...edges.fields])
const edge = (rng: Rng, nodes: number) => ({
  src: rng.int(1, nodes),
  dst: rng.int(1, nodes),
  length: rng.int(1, 3),
})

/** A plain function over the rows of an outlet. */
function mapped(on: Body, from: Outlet, input: Schema, output: Schema, fn: (row: Row) => Row): Outlet {
  const spec = { verb: 'map', fn, input, output } as const
  return out(addVertex(on.graph, 'map', [from], context => apply(spec, context)))
}

function filtered(on: Body, from: Outlet, schema: Schema, fn: (row: Row) => boolean): Outlet {
  const spec = { verb: 'filter', fn, input: schema, output: schema } as const
  return out(addVertex(on.graph, 'filter', [from], context => apply(spec, context)))
}

/** The least cost of each node. */
const least: AggregateSpec = {
  keys: [{ name: 'node', column: 0, type: t.int, nullable: false }],
  calls: [{ name: 'cost', fn: 'min', args: [{ column: 1, type: t.int, nullable: false }], type: t.int }],
  appendOnlyInput: false,
  emit: 'changes',
}

function grouped(on: Body, from: Outlet, spec: AggregateSpec, schema: Schema): Outlet {
  const how = {
    name: 'aggregate',
    ports: [{ key: spec.keys.map(each => each.column), kinds: kindsOf(schema) }],
    output: kindsOf(schema),
    always: false,
    build: (context: Parameters<typeof aggregate>[0]) => aggregate(context, spec),
  }
  return out(addVertex(on.graph, 'aggregate', [from], context => replay(how, on.rounds, context)))
}

/** Shortest paths: the least of the seed's costs and those over one edge more. */
const shortest = (maxRounds: number): IterateSpec => ({
  variables: [kindsOf(paths)],
  entered: 2,
  result: 0,
  maxRounds,
  converges: true,
  body(on) {
    const [seed, roads] = on.entered as [Outlet, Outlet]
    const keys = [[0], [0]] as const
    const kinds = [kindsOf(paths), kindsOf(edges)] as const
    const joins = addVertex(on.graph, 'join', [on.variables[0] as Outlet, roads], context =>
      roundJoin({ keys, kinds }, on.rounds, context),
    )
    const longer = mapped(on, out(joins), joined, paths, row => ({
      node: row['dst'],
      cost: (row['cost'] as number) + (row['length'] as number),
    }))
    const all = out(addVertex(on.graph, 'union', [seed, longer], () => union()))
    return { next: [grouped(on, all, least, paths)], until: undefined }
  },
})

/** The same without the port of the variable's seed: it begins empty. */
function unseeded(operator: Operator): Operator {
  return { ...operator, step: (port, delta, emit) => operator.step(port + 1, delta, emit) }
}

/** Of the sources of the paths and the edges. */
function shortestTwin([seed = [], roads = []]: readonly (readonly Weighted[])[], maxRounds: number) {
  const match = (a: Row, b: Row): boolean => a['node'] === b['src']
  const step = (table: readonly Weighted[]): Weighted[] => {
    const longer = joinTwin(table, roads, { type: 'inner', match, missingLeft: {}, missingRight: {} }).map(
      ({ row, weight }) => ({
        row: { node: row['dst'], cost: (row['cost'] as number) + (row['length'] as number) },
        weight,
      }),
    )
    const twin = { keys: ['node'], calls: [{ name: 'cost', fn: 'min', arg: 'cost' }] }
    return aggregateTwin([...seed, ...longer], twin)
  }
  return iterateTwin([], { step, maxRounds })
}

seeded('shortest paths are maintained as edges and sources come and go', rng => {
  const nodes = rng.int(2, 8)
  checkTwin(rng, {
    build: context => unseeded(iterate(shortest(40), context)),
    inputs: [paths, edges],
    outputs: [paths],
    row: (rng, port) => (port === 1 ? edge(rng, nodes) : { node: rng.int(1, nodes), cost: rng.int(0, 2) }),
    twin: inputs => [shortestTwin(inputs, 40)],
    retracts: true,
    matched: true,
  })
})

const steps = schemaOf([field('id', t.int), field('n', t.int)])
const doubled = (row: Row): Row => ({ id: row['id'], n: ((row['n'] as number) * 2) % 101 })
const isSmall = (row: Row): boolean => (row['n'] as number) < 40

/** A bulk iteration that never converges: it stops when no row is small, at a round that moves as rows come and go. */
const doubling = (maxRounds: number, withUntil: boolean): IterateSpec => ({
  variables: [kindsOf(steps)],
  entered: 0,
  result: 0,
  maxRounds,
  converges: false,
  body(on) {
    const next = mapped(on, on.variables[0] as Outlet, steps, steps, doubled)
    return { next: [next], until: withUntil ? filtered(on, next, steps, isSmall) : undefined }
  },
})

seeded('a bulk iteration ends after its rounds, or when its termination set is empty', rng => {
  const maxRounds = rng.int(1, 7)
  const until = rng.oneIn(4)
    ? undefined
    : (_now: readonly Weighted[], next: readonly Weighted[]) => next.filter(each => isSmall(each.row))
  checkTwin(rng, {
    build: context => iterate(doubling(maxRounds, until !== undefined), context),
    inputs: [steps],
    outputs: [steps],
    row: rng => ({ id: rng.int(1, 3), n: rng.int(1, 100) }),
    twin: ([seed = []]) => {
      const step = (table: readonly Weighted[]) => table.map(({ row, weight }) => ({ row: doubled(row), weight }))
      return [iterateTwin(seed, { step, maxRounds, ...(until === undefined ? {} : { until }) })]
    },
    retracts: true,
    epochs: rng.int(2, 8),
  })
})

test('an iteration that does not converge is refused with its rounds', () => {
  const memory = new Memory()
  const arena = memory.arena()
  const operator = iterate({ ...doubling(5, false), converges: true }, { memory, arena, operator: 'iterate-1' })
  operator.step(0, batchFromRows([{ id: 1, n: 3 }], steps, arena), () => {})
  assert.throws(() => operator.flush(() => {}), /ITERATION_NOT_CONVERGED.*after 5 rounds/)
})
