// Iterations: the step is a function from tables to tables. It is called while the query is built, never with rows.
import { describeValue, optionsFor } from '../base/index.ts'
import { column } from '../expr/index.ts'
import {
  badVerb,
  feedbackOf,
  type Iterate,
  iterateDeltaOf,
  iterateOf,
  type Node,
  recursiveOf,
  schema,
  selectOf,
} from '../plan/index.ts'
import { callable } from './expressions.ts'

/** How many rounds. */
export interface RoundOptions {
  /** At most that many rounds; not to have ended by then is an error. Default 1000. */
  readonly maxRounds?: number
}

export interface IterateOptions<T> extends RoundOptions {
  /** That many rounds, and the table of the last is the result; fewer when a round changes nothing. */
  readonly rounds?: number
  /** The iteration ends with the first round in which this table has no rows. */
  readonly until?: (now: T, next: T) => { readonly node: Node }
}

export interface RecursiveOptions extends RoundOptions {
  /** true (default): each row once, as UNION. false: as often as it is made, as UNION ALL. */
  readonly distinct?: boolean
}

export interface DeltaOptions<S, W> extends RoundOptions {
  /** That many rounds at most, and the solution set after them is the result. */
  readonly rounds?: number
  /** The column, or columns, that tell the rows of the solution set apart. */
  readonly key: string | readonly string[]
  /** What changes in the solution set (a row takes the place of the one with its key), and the next work set. */
  readonly step: (solution: S, workset: W) => { readonly delta: unknown; readonly next: unknown }
}

/** Tables and their nodes, for verbs that call functions with tables. */
export interface Tables<T> {
  readonly table: (node: Node) => T
  readonly node: (verb: string, table: unknown) => Node
}

const DEFAULT_ROUNDS = 1000

export function iterateNode<T>(
  seed: Node,
  step: (table: T) => unknown,
  options: IterateOptions<T>,
  as: Tables<T>,
): Node {
  callable('iterate', step)
  const { rounds, maxRounds, until } = optionsFor('iterate', options, 'iterate(step, { maxRounds: 100 })')
  expectOne('iterate', rounds, maxRounds)
  if (until !== undefined) callable('iterate', until)
  const stop = until as IterateOptions<T>['until']
  const next = ([table]: readonly Node[]): readonly Node[] => [
    stepped('iterate', table as Node, step(as.table(table as Node)), as),
  ]
  return iterateOf([seed], next, {
    verb: 'iterate',
    maxRounds: roundsOf('iterate', rounds ?? maxRounds),
    converges: rounds === undefined,
    until: stop && (([now], [after]) => as.node('iterate', stop(as.table(now as Node), as.table(after as Node)))),
  })
}

export function recursiveNode<T>(
  seed: Node,
  step: (table: T) => unknown,
  options: RecursiveOptions,
  as: Tables<T>,
): Node {
  callable('recursive', step)
  const { maxRounds, distinct = true } = optionsFor('recursive', options, 'recursive(step, { maxRounds: 100 })')
  if (typeof distinct !== 'boolean')
    badVerb('recursive', `distinct is ${describeValue(distinct)}`, 'write { distinct: true } or { distinct: false }')
  const made = (table: Node): Node => stepped('recursive', table, step(as.table(table)), as)
  return recursiveOf(seed, made, { distinct, maxRounds: roundsOf('recursive', maxRounds) })
}

export function iterateDeltaNode<S, W>(
  solution: Node,
  workset: unknown,
  options: DeltaOptions<S, W>,
  as: Tables<S>,
): Node {
  const { key, step, rounds, maxRounds } = optionsFor(
    'iterateDelta',
    options,
    "iterateDelta(workset, { key: 'id', step })",
  )
  callable('iterateDelta', step)
  expectOne('iterateDelta', rounds, maxRounds)
  const keys = typeof key === 'string' ? [key] : key
  if (!Array.isArray(keys) || keys.some(each => typeof each !== 'string'))
    badVerb(
      'iterateDelta',
      `the key is ${describeValue(key)}`,
      "name columns: { key: 'node' } or { key: ['from', 'to'] }",
    )
  const made = (table: Node, work: Node) => {
    const result = step(as.table(table), as.table(work) as unknown as W) as
      | { delta?: unknown; next?: unknown }
      | undefined
    const verb = 'iterateDelta'
    return {
      delta: stepped(verb, table, result?.delta, as),
      next: stepped(verb, work, result?.next, as),
    }
  }
  return iterateDeltaOf(solution, as.node('iterateDelta', workset), keys, made, {
    maxRounds: roundsOf('iterateDelta', rounds ?? maxRounds),
    converges: rounds === undefined,
  })
}

export interface FeedbackOptions {
  /** Rows that may be on their way at most; input waits while there are more. */
  readonly inFlight: number
  /** Rounds of an epoch, 100 unless said otherwise; rows that are still on their way then go on in the next. */
  readonly rounds?: number
}

export function feedbackNode<T>(
  input: Node,
  step: (rows: T) => unknown,
  options: FeedbackOptions,
  as: Tables<T>,
): Node {
  callable('feedback', step)
  const { inFlight, rounds = 100 } = optionsFor('feedback', options, 'feedback(step, { inFlight: 10_000 })')
  const made = (rows: Node) => {
    const { output, again } = (step(as.table(rows)) ?? {}) as { output?: unknown; again?: unknown }
    return { output: as.node('feedback', output), again: stepped('feedback', rows, again, as) }
  }
  return feedbackOf(input, made, { inFlight, rounds })
}

function expectOne(verb: Iterate['verb'], rounds: unknown, maxRounds: unknown): void {
  if (rounds === undefined || maxRounds === undefined) return
  badVerb(
    verb,
    'both rounds and maxRounds are given',
    'say { rounds } for a fixed number of rounds, or { maxRounds } for a limit that must not be reached',
  )
}

function roundsOf(verb: Iterate['verb'], rounds: unknown): number {
  if (rounds === undefined) return DEFAULT_ROUNDS
  return typeof rounds === 'number'
    ? rounds
    : badVerb(verb, `${describeValue(rounds)} is not a number of rounds`, 'give a whole number')
}

/** What a step returned, its columns in the order of the table's. */
function stepped<T>(verb: string, table: Node, result: unknown, as: Tables<T>): Node {
  const made = as.node(verb, result)
  const names = schema(table).fields.map(each => each.name)
  const theirs = schema(made).fields.map(each => each.name)
  const isReordered = theirs.length === names.length && names.every(each => theirs.includes(each))
  if (!isReordered || names.every((each, i) => each === theirs[i])) return made
  return selectOf(
    made,
    names.map(name => ({ name, expr: column(name) })),
  )
}
