// Makers of iterations. A step is a function from tables to tables, built with the ordinary verbs. What it makes is cut in
// two: nodes that depend on a variable are the step; everything else is computed outside, once, and comes in as a table.
import { describeValue, excerpt } from '../../base/index.ts'
import { column } from '../../expr/index.ts'
import { field, type Schema, sameType, schemaOf, showType } from '../../types/index.ts'
import type { Feedback, Iterate, Node, Variable } from '../node.ts'
import { properties } from '../properties.ts'
import { schema } from '../schema.ts'
import { inputsOf, nodesOf, rebuild } from '../walk.ts'
import { badVerb, checked, expectOrder, frozen, unknownColumn } from './checked.ts'
import { distinctOf, unionOf } from './rows.ts'

export interface IterateOptions {
  readonly verb: Iterate['verb']
  readonly maxRounds: number
  readonly converges: boolean
  /** The iteration ends with the first round in which this has no rows. */
  readonly until?: ((now: readonly Node[], next: readonly Node[]) => Node) | undefined
}

/** What each variable is in the next round, given all of them. */
export type Step = (variables: readonly Node[]) => readonly Node[]

export function iterateOf(seeds: readonly Node[], step: Step, options: IterateOptions): Iterate {
  const { verb, maxRounds, converges } = options
  if (!Number.isSafeInteger(maxRounds) || maxRounds < 1 || maxRounds > MOST_ROUNDS)
    badVerb(verb, `${describeValue(maxRounds)} is not a number of rounds`, 'give a whole number from 1 to 1,000,000')
  const { variables, next } = settled(seeds, step, verb)
  const until = options.until?.(variables, next)
  const roots = until === undefined ? next : [...next, until]
  const { outside, entered, inner } = cut(variables, roots)
  for (const node of nodesOf(...inner)) refuse(node, verb)
  return checked({
    kind: 'iterate',
    verb,
    inputs: frozen([...seeds, ...outside]),
    variables: frozen([...variables, ...entered]),
    next: frozen(inner.slice(0, next.length)),
    until: until === undefined ? undefined : inner[next.length],
    maxRounds,
    converges,
  })
}

const MOST_ROUNDS = 1_000_000

/**
 * The seed, what the step makes of it, what the step makes of that, and so on: all together, as WITH RECURSIVE has it.
 * Distinct: each row once (UNION), which ends when no new rows come; else all of them (UNION ALL).
 */
export function recursiveOf(
  seed: Node,
  step: (table: Node) => Node,
  options: { readonly distinct: boolean; readonly maxRounds: number },
): Iterate {
  const { distinct, maxRounds } = options
  const next: Step = ([table]) => {
    const made = step(table as Node)
    widened(schema(table as Node), schema(made), 'recursive')
    const all = unionOf([seed, made])
    return [distinct ? distinctOf(all) : all]
  }
  return iterateOf([seed], next, { verb: 'recursive', maxRounds, converges: true })
}

/**
 * A work set, and a solution set with a key: the step makes of both what changes in the solution (a row takes the place of
 * the one with its key) and the next work set, until that is empty.
 */
export function iterateDeltaOf(
  solution: Node,
  workset: Node,
  key: readonly string[],
  step: (solution: Node, workset: Node) => { readonly delta: Node; readonly next: Node },
  options: Omit<IterateOptions, 'verb' | 'until'>,
): Iterate {
  for (const each of key) passThrough(schema(solution), each)
  if (key.length === 0) badVerb('iterateDelta', 'the solution set has no key', "write { key: 'node' }")
  const until = (_now: readonly Node[], [, next]: readonly Node[]): Node => next as Node
  const made: Step = ([table, work]) => {
    const { delta, next } = step(table as Node, work as Node)
    widened(schema(table as Node), schema(delta), 'iterateDelta')
    return [checked({ kind: 'upsert', input: table as Node, changes: delta, key: frozen(key) }), next]
  }
  return iterateOf([solution, workset], made, { ...options, verb: 'iterateDelta', until })
}

function passThrough(of: Schema, name: string): void {
  const field = of.fields.find(each => each.name === name)
  if (field === undefined) unknownColumn(name, of)
  expectOrder(column(name), [of], 'iterateDelta')
}

/** The step over variables that can hold what it makes: a column that it may leave null is nullable in all rounds. */
function settled(seeds: readonly Node[], step: Step, verb: Verb, appendOnly = false) {
  let schemas = seeds.map(schema)
  for (;;) {
    const variables = schemas.map((of, number) => variable(number, of, appendOnly))
    const next = step(variables)
    const wider = schemas.map((of, i) => widened(of, schema(next[i] as Node), verb))
    if (wider.every((each, i) => each === schemas[i])) return { variables, next }
    schemas = wider
  }
}

function variable(number: number, of: Schema, appendOnly = false, keys?: readonly string[]): Variable {
  return Object.freeze({ kind: 'variable', number, schema: of, keys, appendOnly })
}

/** The schema, with null where the step may make it; the same object if it holds all the step makes. */
function widened(of: Schema, made: Schema, verb: Verb): Schema {
  const names = (each: Schema): string => each.fields.map(({ name }) => excerpt(name, 40)).join(', ')
  if (made.fields.length !== of.fields.length || made.fields.some((each, i) => each.name !== of.fields[i]?.name))
    badVerb(verb, `the step makes the columns ${names(made)} of the columns ${names(of)}`, 'select the same columns')
  const fields = of.fields.map((each, i) => {
    const theirs = made.fields[i] as typeof each
    if (!sameType(each.type, theirs.type))
      badVerb(
        verb,
        `the step makes column ${excerpt(each.name)} a ${showType(theirs.type)}, and it begins as ${showType(each.type)}`,
        'cast one of them',
      )
    return theirs.nullable && !each.nullable ? field(each.name, each.type, true) : each
  })
  return fields.every((each, i) => each === of.fields[i]) ? of : schemaOf(fields)
}

interface Cut {
  /** Tables that the step uses and does not change. */
  readonly outside: readonly Node[]
  /** What stands for them in the step. */
  readonly entered: readonly Variable[]
  /** The roots, over variables alone. */
  readonly inner: readonly Node[]
}

function cut(variables: readonly Variable[], roots: readonly Node[]): Cut {
  const inside = new Set<Node>(variables)
  const nodes = nodesOf(...roots)
  for (const node of nodes) if (inputsOf(node).some(each => inside.has(each))) inside.add(node)
  const read = new Set([...roots, ...nodes.filter(each => inside.has(each)).flatMap(inputsOf)])
  const outside = nodes.filter(each => read.has(each) && !inside.has(each))
  const entered = outside.map((node, i) => variable(variables.length + i, schema(node), false, properties(node).keys))
  const done = new Map<Node, Node>(outside.map((node, i) => [node, entered[i] as Node]))
  return { outside, entered, inner: roots.map(root => rebuild(root, node => node, done)) }
}

const HERE: readonly Node['kind'][] = [
  'variable',
  'select',
  'where',
  'apply',
  'explode',
  'union',
  'distinct',
  'aggregate',
  'top',
  'rank',
  'join',
  'upsert',
]

type Verb = Iterate['verb'] | 'feedback'

/**
 * A loop over a stream: rows leave it, or go through the step once more. Linear steps only: a row's results depend on it
 * alone, so how rows are cut into rounds and epochs changes nothing.
 */
export function feedbackOf(
  input: Node,
  step: (rows: Node) => { readonly output: Node; readonly again: Node },
  { inFlight, rounds }: { readonly inFlight: number; readonly rounds: number },
): Feedback {
  for (const [count, words] of [
    [inFlight, 'rows in flight'],
    [rounds, 'rounds an epoch'],
  ] as const)
    if (!Number.isSafeInteger(count) || count < 1)
      badVerb('feedback', `${describeValue(count)} is not a number of ${words}`, 'write { inFlight: 10_000 }')
  let made: ReturnType<typeof step> | undefined
  const again: Step = ([rows]) => {
    made = step(rows as Node)
    return [made.again]
  }
  const { variables } = settled([input], again, 'feedback', properties(input).appendOnly)
  const ends = made as unknown as ReturnType<typeof step>
  const { outside, entered, inner } = cut(variables, [ends.output, ends.again])
  for (const node of nodesOf(...inner)) refuseAgain(node)
  return checked({
    kind: 'feedback',
    inputs: frozen([input, ...outside]),
    variables: frozen([...variables, ...entered]),
    output: inner[0] as Node,
    again: inner[1] as Node,
    inFlight,
    rounds,
  })
}

const LINEAR: readonly Node['kind'][] = ['variable', 'select', 'where', 'apply', 'union']

function refuseAgain({ kind }: Node): void {
  if (LINEAR.includes(kind)) return
  badVerb(
    'feedback',
    `${kind} looks at more than one row, and rows of a loop over a stream come in no order`,
    'do it before or after the loop, or use iterate, which has rounds',
  )
}

/** What can't be done round by round. */
function refuse(node: Node, verb: Iterate['verb']): void {
  if (node.kind === 'iterate')
    badVerb(
      verb,
      'an iteration within the step uses its table',
      'iterate over both tables in one step, or one after the other',
    )
  if (!HERE.includes(node.kind))
    badVerb(
      verb,
      `${node.kind} belongs to event time or arrival, and a step has rounds`,
      `do it before the iteration, or after it`,
    )
  if (node.kind === 'top' && (node.keys.length === 0 || node.limit === undefined))
    badVerb(
      verb,
      node.keys.length === 0
        ? 'a limit by arrival has no meaning in a round'
        : 'an order alone has no meaning in a round',
      'write .orderBy(…).limit(n) in the step, or order the result',
    )
  if (node.kind === 'join' && node.time !== undefined)
    badVerb(verb, 'within is about event time, and a step has rounds', 'join within time before the iteration')
}
