// State keeps its name when what is around it changes, and loses it when what it is the state of does.
import assert from 'node:assert/strict'
import { test } from 'node:test'
import { type Node, narrowKept, optimiseAll, schema, stateHash } from '../../src/plan/index.ts'
import { originOf } from '../../src/plan/origin.ts'
import { tableOf } from '../../src/table/index.ts'
import { t, toSchema } from '../../src/types/index.ts'
import { noSession, sourceSpec } from '../table/support.ts'

const Wide = t.row({ k: t.string(), n: t.int(), m: t.int(), more: t.string() })
const Narrow = t.row({ k: t.string(), n: t.int(), m: t.int() })

const rowsOf = (schema: object = Wide) =>
  tableOf<{ k: string; n: number; m: number }>(sourceSpec('rows', toSchema(schema as typeof Wide)), noSession)
type Rows = ReturnType<typeof rowsOf>

const counts = (rows: Rows) =>
  rows
    .where(r => r.n.gt(1))
    .groupBy('k')
    .agg(g => ({ c: g.count() }))
const top = (rows: Rows) => rows.orderBy(r => r.n).limit(3)
const firsts = (rows: Rows) => rows.dedup({ by: 'n' })

/** The node of a kind as it runs, all roots being optimised together. */
function asRun(kind: Node['kind'], ...roots: readonly { readonly node: Node }[]): Node {
  const { nodes } = optimiseAll(roots.map(each => each.node))
  let found = nodes[0] as Node
  while (found.kind !== kind) found = (found as Node & { readonly input: Node }).input
  return found
}

const name = (node: Node): string => stateHash(node, '')

test('as it runs it has the name that it has as written', () => {
  const written = counts(rowsOf())
  const run = asRun('aggregate', written)
  assert.notEqual(run, written.node)
  assert.equal(originOf(run), written.node)
  assert.equal(name(run), name(written.node))
})

test('neighbours, steps above it and columns that it does not read do not change it', () => {
  const alone = name(asRun('aggregate', counts(rowsOf())))
  const rows = rowsOf()
  assert.equal(name(asRun('aggregate', counts(rows), top(rows))), alone)
  const above = counts(rowsOf())
    .where(r => r.c.gt(3))
    .select(r => ({ c: r.c.add(1) }))
  assert.equal(name(asRun('aggregate', above)), alone)
  assert.equal(name(asRun('aggregate', counts(rowsOf(Narrow)))), alone, 'a column less in the schema')
})

test('what it computes, and of what, changes it', () => {
  const rows = rowsOf()
  const all = [
    counts(rows),
    rows.groupBy('k').agg(g => ({ c: g.count() })),
    rows
      .where(r => r.n.gt(2))
      .groupBy('k')
      .agg(g => ({ c: g.count() })),
    rows
      .where(r => r.n.gt(1))
      .groupBy('k')
      .agg(g => ({ c: g.n.sum() })),
  ]
  assert.equal(new Set(all.map(each => name(asRun('aggregate', each)))).size, all.length)
  const aggregate = counts(rows).node
  assert.notEqual(stateHash(aggregate, 'changes'), stateHash(aggregate, 'final'))
})

test('an operator that keeps whole rows keeps those that are needed, whatever a neighbour reads', () => {
  const keys = (rows: Rows) => firsts(rows).select(r => ({ n: r.n, k: r.k }))
  const alone = narrowKept(optimiseAll([keys(rowsOf()).node]).nodes)[0] as Node & { readonly input: Node }
  const rows = rowsOf()
  const beside = rows.groupBy('m').agg(g => ({ c: g.count() }))
  const both = narrowKept(optimiseAll([keys(rows).node, beside.node]).nodes)[0] as Node & { readonly input: Node }
  const kept = (node: Node): Node =>
    node.kind === 'dedup' ? node : kept((node as Node & { readonly input: Node }).input)
  assert.deepEqual(
    schema(kept(both)).fields.map(each => each.name),
    ['k', 'n'],
  )
  assert.equal(name(kept(both)), name(kept(alone)))
})

test('an operator that keeps whole rows has their columns in its name', () => {
  const all = name(asRun('dedup', firsts(rowsOf())))
  const fewer = name(
    asRun(
      'dedup',
      firsts(rowsOf()).select(r => ({ n: r.n })),
    ),
  )
  assert.notEqual(all, fewer)
})

test('the first rows of an order keep all columns, which break ties', () => {
  const fewer = top(rowsOf()).select(r => ({ n: r.n }))
  assert.equal(name(asRun('top', fewer)), name(asRun('top', top(rowsOf()))))
})
