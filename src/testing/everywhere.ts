// Laws 1, 3 and 4 for one table: however its input is cut into epochs, dealt out to partitions, and wherever the power is
// cut, the table in the end is what a batch over the same rows gives.
import { AssertionError } from 'node:assert'
import { fail } from '../base/index.ts'
import { microsOf } from '../data/index.ts'
import { type Node, type Source, staticSources } from '../plan/index.ts'
import { sessionOf } from '../runtime/index.ts'
import { testingPlan } from './live-test.ts'
import { VirtualLog } from './log.ts'
import { formatDifference } from './print.ts'
import { inputNamed, replaceSources, sourcesOf } from './replace.ts'
import {
  type Delivery,
  disorder,
  later,
  plainSchedules,
  randomSchedule,
  rowsIn,
  type Schedule,
  type ScheduledInput,
  showSchedule,
} from './schedule.ts'
import { shrink } from './shrink.ts'
import { consolidate, type WeightedRow } from './values.ts'
import { seededRandom, virtualWorld } from './world.ts'

export interface EverywhereOptions {
  /** Random schedules to try, besides the three that are always tried (all at once, row by row, cut each time); 25. */
  readonly runs?: number
  /** Of the first schedule; the next ones follow. A failure tells its seed. */
  readonly seed?: number
  /** Runs that may be spent to find a smaller failing input; 200 by default. */
  readonly shrink?: number
}

/** Rows of the only input, or of each input by name. */
export type InputRows = readonly object[] | { readonly [input: string]: readonly object[] }

/**
 * Run a table over rows in many ways and require the batch answer each time. In no schedule is a row late: each one
 * allows the lateness that its own order needs. Throws an error with the seed, the smallest input and schedule found
 * to fail, and both tables against each other.
 *
 * @example
 * import { read, t } from 'millrace'
 * import { checkEverywhere } from 'millrace/testing'
 * const clicks = read.memory(t.row({ page: t.string() })).table
 * const rows = ['/', '/a', '/'].map(page => ({ page }))
 * await checkEverywhere(clicks.groupBy('page').agg(g => ({ n: g.count() })), rows, { runs: 5 })
 */
export async function checkEverywhere(
  table: { readonly node: Node },
  rows: InputRows,
  options: EverywhereOptions = {},
): Promise<void> {
  const { runs = 25, seed = 1 } = options
  const check = new Check(table.node, rows)
  const always = plainSchedules(check.inputs)
  for (const schedule of always) await check.run(schedule, '{ runs: 0 }', options)
  for (let run = 0; run < runs; run++) {
    const random = seededRandom(seed + run)
    await check.run(randomSchedule(check.inputs, random), `{ seed: ${seed + run}, runs: 1 }`, options)
  }
}

class Check {
  readonly inputs: readonly ScheduledInput[]
  readonly #root: Node
  readonly #sources: readonly Source[]
  /** Batch answers by the rows they are of. */
  readonly #answers = new Map<string, Promise<readonly object[]>>()

  constructor(root: Node, rows: InputRows) {
    this.#root = root
    this.#sources = distinctInputs(root)
    const given = rowsByInput(this.#sources, rows)
    const first = staticSources([root])
    this.inputs = this.#sources.map((source, i) => ({ rows: given[i] as readonly object[], first: first.has(source) }))
  }

  async run(schedule: Schedule, replay: string, options: EverywhereOptions): Promise<void> {
    if ((await this.#failure(schedule)) === undefined) return
    const fails = async (each: Schedule): Promise<boolean> => (await this.#failure(each)) !== undefined
    const smallest = await shrink(schedule, fails, options.shrink ?? 200)
    this.#report(smallest, (await this.#failure(smallest)) as Failure, replay)
  }

  #report(schedule: Schedule, failure: Failure, replay: string): never {
    const names = this.#sources.map(each => each.spec.name)
    const total = this.inputs.reduce((sum, each) => sum + each.rows.length, 0)
    const message = [
      failure.text,
      `the smallest input that shows it, of ${total} rows:`,
      showSchedule(schedule, names),
      `again: checkEverywhere(table, rows, ${replay})`,
    ].join('\n\n')
    const { actual, expected, cause } = failure
    throw Object.assign(new AssertionError({ message, actual, expected, operator: 'checkEverywhere' }), { cause })
  }

  async #failure(schedule: Schedule): Promise<Failure | undefined> {
    const expected = await this.#batch(rowsIn(schedule))
    let actual: readonly object[]
    try {
      actual = await this.#stream(schedule)
    } catch (cause) {
      const what = cause instanceof Error ? cause.message : String(cause)
      return { text: `a run failed where the batch did not: ${what}`, actual: what, expected, cause }
    }
    const difference = consolidate([...weigh(actual, 1), ...weigh(expected, -1)])
    if (difference.length === 0) return undefined
    const what = 'the table depends on how its input comes (- only as a batch, + only here)'
    return { text: `${what}\n\n${formatDifference(actual, expected)}`, actual, expected, cause: undefined }
  }

  /** The same plan over rows that are all there, run as a batch. */
  #batch(rows: readonly Delivery[]): Promise<readonly object[]> {
    const key = rows.map(each => each.index).join()
    const known = this.#answers.get(key) ?? this.#collect(rows)
    this.#answers.set(key, known)
    return known
  }

  async #collect(rows: readonly Delivery[]): Promise<readonly object[]> {
    const node = replaceSources(this.#root, {
      spec: original => {
        const input = this.#sources.findIndex(each => each.spec === original)
        const log = new VirtualLog(original, 1)
        log.push(rows.filter(each => each.input === input).map(each => each.row))
        log.end()
        return { ...log.spec(), bounded: true }
      },
    })
    return (await sessionOf(virtualWorld(), { memory: '256 MB' }).collect(node)).rows
  }

  /** The table in the end when its input comes as scheduled. */
  async #stream(schedule: Schedule): Promise<readonly object[]> {
    const { partitions, epochs } = schedule
    await using t = await testingPlan<object>(this.#neverLate(schedule), { partitions, unbounded: true })
    const inputs = this.#sources.map(each => t.inputFor(each.spec))
    let latest: bigint | undefined
    for (const [i, { deliveries, heartbeat, cut }] of epochs.entries()) {
      for (const { input, row, partition } of deliveries) inputs[input]?.push([row], { partition })
      if (i === epochs.length - 1) for (const input of inputs) input.end()
      if (cut !== undefined) {
        await t.crash(cut)
        await t.restore()
      }
      await t.epoch()
      for (const each of deliveries) latest = later(latest, this.#timeOf(each))
      if (heartbeat && latest !== undefined) await t.reach(latest)
    }
    return t.rows()
  }

  /** The plan with the lateness that a schedule needs. */
  #neverLate(schedule: Schedule): Node {
    return replaceSources(this.#root, {
      spec: original => original,
      time: (time, original) => {
        const input = this.#sources.findIndex(each => each.spec === original)
        const needed = disorder(schedule, input, each => this.#timeOf(each))
        return { ...time, lateBy: needed > time.lateBy ? needed : time.lateBy, idleAfter: undefined }
      },
    })
  }

  #timeOf({ input, row }: Delivery): bigint | undefined {
    const column = this.#sources[input]?.time?.column
    if (column === undefined) return undefined
    const time = microsOf((row as Record<string, unknown>)[column])
    return typeof time === 'bigint' ? time : undefined
  }
}

interface Failure {
  readonly text: string
  readonly actual: unknown
  readonly expected: readonly object[]
  readonly cause: unknown
}

const weigh = (rows: readonly object[], weight: number): WeightedRow[] => rows.map(row => [row, weight])

/** The sources of a plan, each input once. */
function distinctInputs(root: Node): readonly Source[] {
  const sources = sourcesOf(root)
  return sources.filter((each, i) => sources.findIndex(other => other.spec === each.spec) === i)
}

function rowsByInput(sources: readonly Source[], rows: InputRows): readonly (readonly object[])[] {
  if (isList(rows)) {
    if (sources.length === 1) return [rows]
    const names = sources.map(each => each.spec.name).join(': […], ')
    return fail('BAD_TEST', {
      reason: `the table has ${sources.length} inputs, and one list of rows was given`,
      fix: `say which rows are whose: { ${names}: […] }`,
    })
  }
  const specs = sources.map(each => each.spec)
  const given = new Map(Object.entries(rows).map(([name, list]) => [inputNamed(name, specs), list]))
  return specs.map(spec => given.get(spec) ?? [])
}

const isList = (rows: InputRows): rows is readonly object[] => Array.isArray(rows)
