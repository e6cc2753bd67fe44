// Laws 1 to 4 for plans that nobody thought of: 3 to 6 operators composed at random over inputs whose rows come and go, in
// several partitions. After every epoch the table is what a batch over the rows of now gives, with power cuts in between.
// 2,000 epochs (an eighth of them in a check); `npm run laws -- --long` makes 100,000 of them. `MILLRACE_RUNS` says how many plans.
import assert from 'node:assert/strict'
import { MillraceError } from '../../src/index.ts'
import type { Node } from '../../src/plan/index.ts'
import { sessionOf } from '../../src/runtime/index.ts'
import { type TestRun, testing, virtualWorld } from '../../src/testing/index.ts'
import { VirtualLog } from '../../src/testing/log.ts'
import { replaceSources } from '../../src/testing/replace.ts'
import { type Rng, seeded } from '../support/seed.ts'
import { steps } from './random/steps.ts'
import { type Event, events, type Input, items, type Loose, story } from './random/tables.ts'

/** About 5.5 epochs each. */
const RUNS = 370

interface Plan {
  readonly table: Loose
  readonly inputs: readonly Input[]
  readonly text: string
}

/** A plan of 3 to 6 steps; a step that does not fit, or that the API refuses, is passed over. */
function planOf(rng: Rng): Plan {
  const inputs = [events(), items()]
  const tables: Loose[] = inputs.map(each => each.table)
  let table = rng.pick(tables)
  const names: string[] = []
  for (let tries = 0, wanted = rng.int(3, 6); names.length < wanted && tries < 40; tries++) {
    const step = rng.pick(steps)
    const made = attempt(() => step.apply(table, rng, rng.pick(tables)))
    if (made === undefined) continue
    table = made
    names.push(step.name)
  }
  return { table, inputs, text: names.join(' → ') }
}

function attempt(task: () => Loose | undefined): Loose | undefined {
  try {
    return task()
  } catch (error) {
    if (error instanceof MillraceError && error.actor === 'user') return undefined
    throw error
  }
}

/** The batch answer over what is there after some epochs. */
async function batch(node: Node, inputs: readonly Input[], happened: readonly Event[]): Promise<object[]> {
  const replaced = replaceSources(node, {
    spec: original => {
      const input = inputs.findIndex(each => sourceOf(each) === original)
      const log = new VirtualLog(original, 1)
      for (const { row, weight } of happened.filter(each => each.input === input)) log.push([row], { weight })
      log.end()
      return {
        ...log.spec(),
        bounded: true,
        bytes: async () => 1 + happened.filter(each => each.input === input).length,
      }
    },
  })
  const session = sessionOf(virtualWorld(), { memory: '256 MB' })
  return [...(await session.collect(replaced)).rows]
}

const sourceOf = ({ table }: Input) => (table.node.kind === 'source' ? table.node.spec : undefined)

const asText = (rows: readonly object[]): string[] => rows.map(row => JSON.stringify(row)).sort()

/** `told` is long to make, so only what fails is told. */
function same(rows: readonly string[], expected: readonly string[], told: () => string): void {
  if (rows.length !== expected.length || rows.some((row, i) => row !== expected[i])) {
    assert.deepEqual(rows, expected, told())
  }
}

function push(run: TestRun, inputs: readonly Input[], { input, row, weight, partition }: Event): void {
  run.input((inputs[input] as Input).table as Loose).push(row as never, { partition, weight })
}

seeded(
  'random plans: after every epoch the table is the batch of now, whatever was cut off',
  async rng => {
    const plan = planOf(rng)
    const used = plan.inputs.filter(each => reads(plan.table.node, each))
    const partitions = rng.int(1, 3)
    const epochs = story(rng, used, rng.int(3, 8), partitions)
    const happened: Event[] = []
    await using run = await testing(plan.table as never, { partitions, unbounded: true })
    for (const [i, epoch] of epochs.entries()) {
      for (const each of epoch) push(run, used, each)
      if (rng.oneIn(3)) {
        await run.crash(rng.oneIn(2) ? {} : { step: rng.int(1, 12), tail: rng.pick(['lost', 'kept', 'torn'] as const) })
        await run.restore()
      }
      await run.epoch()
      happened.push(...epoch)
      // Nothing has run before the first row: a table without keys has no row yet.
      if (happened.length === 0) continue
      const expected = asText(await batch(plan.table.node, used, happened))
      same(asText(run.rows()), expected, () => `epoch ${i + 1} of ${plan.text}\n${plan.table.explain()}`)
    }
  },
  { runs: RUNS, long: 18_500 },
)

function reads(node: Node, input: Input): boolean {
  let found = false
  replaceSources(node, {
    spec: original => {
      if (original === sourceOf(input)) found = true
      return original
    },
  })
  return found
}
