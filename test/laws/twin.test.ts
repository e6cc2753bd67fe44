// Law 2: an incremental operator equals its from-scratch twin after every step, inserts and deletes alike. Each
// operator has this test of its own in test/ops; here they are put one after another, as a plan does: what one
// emits, retractions and weights and all, is what the next must understand.
import { batchFromRows, kindOf } from '../../src/data/index.ts'
import {
  apply,
  type Emit,
  filter,
  join,
  type Operator,
  type OperatorContext,
  select,
  top,
  view,
  WATERMARK_MAX,
  window,
} from '../../src/ops/index.ts'
import { flatMapTwin } from '../../src/ops/reference/apply.ts'
import { filterTwin } from '../../src/ops/reference/filter.ts'
import { joinTwin } from '../../src/ops/reference/join.ts'
import { selectTwin } from '../../src/ops/reference/select.ts'
import { topTwin } from '../../src/ops/reference/top.ts'
import { windowTwin } from '../../src/ops/reference/window.ts'
import type { Row, Weighted } from '../../src/ops/reference/zset.ts'
import { field, leaves, schemaOf, scalars as t } from '../../src/types/index.ts'
import { computed, predicate } from '../ops/evaluators.ts'
import { checkTwin } from '../ops/harness.ts'
import { type Rng, seeded } from '../support/seed.ts'

const schema = schemaOf([field('n', t.bigint), field('at', t.timestamp, true), field('s', t.string, true)])
const kinds = leaves(schema).map(leaf => kindOf(leaf.type))
const columns = schema.fields.map(each => each.name)
const TEXTS = [null, 'a', 'b', 'a text longer than twelve']

/** An operator from the schema to itself, and what it means. */
interface Step {
  readonly name: string
  readonly build: (context: OperatorContext) => Operator
  readonly twin: (input: readonly Weighted[]) => Weighted[]
}

const MS = 1000n

function windowStep(rng: Rng): Step {
  const [size, slide] = rng.pick([
    [10, 10],
    [10, 5],
    [9, 4],
  ] as const)
  const shape = { size, slide, offset: rng.int(-5, 5) }
  return {
    name: 'window',
    build: context => {
      const inner = window(
        {
          time: 1,
          form: {
            kind: 'sliding',
            size: BigInt(size) * MS,
            slide: BigInt(slide) * MS,
            offset: BigInt(shape.offset) * MS,
          },
        },
        context,
      )
      // The window's start takes the place of the time, so that the step is one from the schema to itself.
      const narrow = select([0, 3, 2], context)
      return {
        ...inner,
        outputs: 1,
        step: (port, delta, emit) => inner.step(port, delta, (out, wide) => out === 0 && narrow.step(0, wide, emit)),
      }
    },
    twin: input =>
      windowTwin(input, { time: 'at', ...shape }).map(({ row, weight }) => ({
        row: { n: row['n'], at: row['start'], s: row['s'] },
        weight,
      })),
  }
}

function topStep(rng: Rng): Step {
  const [offset, limit, descending] = [rng.int(0, 2), rng.int(1, 6), rng.oneIn(2)]
  const column = rng.pick(columns)
  const order = { descending, nulls: rng.pick(['first', 'last'] as const) }
  return {
    name: 'top',
    build: context =>
      top({ keys: [{ by: columns.indexOf(column), order }], kinds, limit, offset, appendOnlyInput: false }, context),
    twin: input => topTwin(input, { keys: [{ column, ...order }], columns, offset, limit }),
  }
}

function joinStep(rng: Rng): Step {
  const table = TEXTS.filter(() => rng.oneIn(2)).map(code => ({
    row: { code, other: BigInt(rng.int(0, 5)) },
    weight: 1,
  }))
  const right = schemaOf([field('code', t.string, true), field('other', t.bigint)])
  return {
    name: 'join',
    build: context => {
      const inner = join(
        {
          type: 'inner',
          left: { keys: [2], kinds },
          right: { keys: [0], kinds: leaves(right).map(leaf => kindOf(leaf.type)) },
          awaits: true,
        },
        context,
      )
      const narrow = select([4, 1, 2], context)
      const arena = context.memory.arena()
      inner.step(
        1,
        batchFromRows(
          table.map(each => each.row),
          right,
          arena,
        ),
        () => {},
      )
      inner.advance(1, WATERMARK_MAX, () => {})
      arena.free()
      return {
        ...inner,
        stores: [],
        save() {},
        step: (_port, delta, emit) => inner.step(0, delta, (out, wide) => narrow.step(out, wide, emit)),
      }
    },
    twin: input =>
      joinTwin(input, table, {
        type: 'inner',
        match: (a, b) => a['s'] !== null && a['s'] === b['code'],
        missingLeft: {},
        missingRight: {},
      }).map(({ row, weight }) => ({ row: { n: row['other'], at: row['at'], s: row['s'] }, weight })),
  }
}

const simple: readonly Step[] = [
  {
    name: 'filter',
    build: context =>
      filter(
        predicate(0, n => n > 1n),
        context,
      ),
    twin: input => filterTwin(input, row => (row['n'] as bigint) > 1n),
  },
  {
    name: 'select',
    build: context => select([computed([0], n => n * 2n), 1, 2], context),
    twin: input => selectTwin(input, { n: row => (row['n'] as bigint) * 2n, at: row => row['at'], s: row => row['s'] }),
  },
  {
    name: 'flatMap',
    build: context => apply({ verb: 'flatMap', fn: twice, input: schema, output: schema }, context),
    twin: input => flatMapTwin(input, twice),
  },
  { name: 'retract', build: context => view({ mode: 'retract', kinds, key: [] }, context), twin: input => [...input] },
]

function twice(row: Row): Row[] {
  return (row['n'] as bigint) > 3n ? [row, { ...row, s: null }] : [row]
}

const stepOf = (rng: Rng): Step =>
  rng.pick([
    () => windowStep(rng),
    () => topStep(rng),
    () => joinStep(rng),
    () => rng.pick(simple),
    () => rng.pick(simple),
  ])()

/** Two operators as one: what the first emits, the second takes. Neither puts anything off. */
function chain(first: Operator, second: Operator): Operator {
  const into =
    (emit: Emit): Emit =>
    (_port, delta) =>
      second.step(0, delta, emit)
  return {
    name: `${first.name} → ${second.name}`,
    outputs: 1,
    stores: [...first.stores.map(store => `1 ${store}`), ...second.stores.map(store => `2 ${store}`)],
    step: (port, delta, emit) => first.step(port, delta, into(emit)),
    advance(port, watermark, emit) {
      first.advance(port, watermark, into(emit))
      second.advance(0, watermark, emit)
    },
    flush(emit) {
      first.flush(into(emit))
      second.flush(emit)
    },
    seal(epoch) {
      first.seal(epoch)
      second.seal(epoch)
    },
    watermark: inputs => second.watermark([first.watermark(inputs)]),
    save(writer, full) {
      first.save({ put: (store, block) => writer.put(`1 ${store}`, block) }, full)
      second.save({ put: (store, block) => writer.put(`2 ${store}`, block) }, full)
    },
    load: (store, block) => (store.startsWith('1 ') ? first : second).load(store.slice(2), block),
    size: () => first.size(),
    close() {
      first.close()
      second.close()
    },
  }
}

seeded(
  'chains of operators are the chains of their twins',
  rng => {
    const steps = Array.from({ length: rng.int(2, 4) }, () => stepOf(rng))
    checkTwin(rng, {
      build: context => steps.map(step => step.build({ ...context, large: Number.POSITIVE_INFINITY })).reduce(chain),
      inputs: [schema],
      outputs: [schema],
      row: rng => ({
        n: BigInt(rng.int(0, 5)),
        at: rng.oneIn(6) ? null : new Date(rng.int(-20, 20)),
        s: rng.pick(TEXTS),
      }),
      twin: ([input = []]) => [steps.reduce<readonly Weighted[]>((rows, step) => step.twin(rows), input)],
      retracts: true,
    })
  },
  { runs: 60 },
)
