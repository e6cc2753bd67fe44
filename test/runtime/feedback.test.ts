import assert from 'node:assert/strict'
import { test } from 'node:test'
import { batchFromRows, kindOf, Memory } from '../../src/data/index.ts'
import { apply, type OperatorContext } from '../../src/ops/index.ts'
import { feedbackTwin } from '../../src/ops/reference/feedback.ts'
import type { Row } from '../../src/ops/reference/zset.ts'
import { type FeedbackSpec, feedback } from '../../src/runtime/feedback.ts'
import { addVertex, type Graph, type Outlet } from '../../src/runtime/graph.ts'
import { field, schemaOf, scalars as t } from '../../src/types/index.ts'
import { checkTwin } from '../ops/harness.ts'
import { seeded } from '../support/seed.ts'

const schema = schemaOf([field('id', t.int), field('n', t.int)])
const kinds = [kindOf(t.int), kindOf(t.int)]
const output = ({ id, n }: Row): Row[] => (n === 0 ? [{ id, n }] : [])
/** A row of n goes again as n - 1, and every third one twice. */
const again = ({ id, n }: Row): Row[] => {
  const next = { id, n: (n as number) - 1 }
  return n === 0 ? [] : (n as number) % 3 === 0 ? [next, next] : [next]
}

const countDown = (inFlight: number, rounds: number): FeedbackSpec => ({
  kinds,
  entered: 0,
  inFlight,
  rounds,
  body(graph, input) {
    const made = (graph: Graph, fn: (row: Row) => Row[]): Outlet => {
      const spec = { verb: 'flatMap', fn, input: schema, output: schema } as const
      return addVertex(graph, 'flatMap', [input], context => apply(spec, context)).outlets[0] as Outlet
    }
    return { output: made(graph, output), again: made(graph, again) }
  },
})

seeded('rows go round until none is left, over restarts with rows on their way', rng => {
  const spec = countDown(rng.pick([400, 10_000]), rng.pick([1, 2, 100]))
  checkTwin(rng, {
    build: context => feedback(spec, context),
    inputs: [schema],
    outputs: [schema],
    row: rng => ({ id: rng.int(1, 5), n: rng.int(0, 12) }),
    twin: ([rows = []]) => [feedbackTwin(rows, { output, again })],
    retracts: true,
    atEnd: true,
  })
})

function setUp(spec: FeedbackSpec) {
  const memory = new Memory()
  const context: OperatorContext = { memory, arena: memory.arena(), operator: 'feedback-1' }
  const operator = feedback(spec, context)
  const push = (count: number, n: number) =>
    operator.step(
      0,
      batchFromRows(
        Array.from({ length: count }, (_, id) => ({ id, n })),
        schema,
        context.arena,
      ),
      () => {},
    )
  return { operator, push }
}

test('rows on their way hold the watermark and ask for an epoch', () => {
  const { operator, push } = setUp(countDown(100, 2))
  assert.equal(operator.wakeAt?.(), Number.POSITIVE_INFINITY)
  push(1, 4)
  operator.advance(0, 9n, () => {})
  operator.flush(() => {})
  assert.equal(operator.wakeAt?.(), 0)
  assert.equal(operator.size().rows, 1)
  assert.ok(operator.watermark([9n]) < 9n)
  operator.flush(() => {})
  assert.equal(operator.wakeAt?.(), Number.POSITIVE_INFINITY)
  assert.equal(operator.watermark([9n]), 9n)
})

test('input waits until there is room; rows that become too many are refused', () => {
  const { operator, push } = setUp(countDown(10, 1))
  push(8, 2)
  assert.equal(operator.size().rows, 8)
  push(8, 2)
  assert.equal(operator.size().rows, 8, 'the first eight have left')
  assert.throws(() => push(11, 2), /FEEDBACK_OVERFLOW.*11 rows.*10 may/)
})
