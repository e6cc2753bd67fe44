// Functions of the user with a state and timers per key, and what leaves them beside their rows.
import { excerpt, fail, showDuration } from '../../base/index.ts'
import type { Node, Process, Side } from '../node.ts'
import type { Bound, Properties } from '../properties.ts'
import { errorsSchema } from './by-products.ts'
import { bound, FINITE, type NodeKind, UNBOUNDED } from './kind.ts'
import { clocksIn, list, name, schemaText } from './texts.ts'

/** The side output with the rows whose function threw. */
export const ERRORS = 'errors'

export const process: NodeKind<Process> = {
  inputs: node => (node.initial === undefined ? [node.input] : [node.input, node.initial]),
  over: (node, [input, initial]) => Object.freeze({ ...node, input: input as Node, initial }),
  schema: node => node.schema,
  properties(node, { eventTime, bounded }, of) {
    // A function may change anything; a timestamp column of the same name is taken to be the same event time.
    const [name, ...rest] = eventTime?.path ?? []
    const same = rest.length === 0 && node.schema.fields.some(f => f.name === name && f.type.kind === 'timestamp')
    return {
      appendOnly: node.definition.groups?.outputMode !== 'update',
      keys: onePerKey(node) ? node.keys : undefined,
      window: undefined,
      eventTime: same ? eventTime : undefined,
      size: bounded ? FINITE : onePerKey(node) ? bound('keys', '≤ keys') : UNBOUNDED,
      state: stateOf(node, of(node.input)),
      opaque: [functionName(node), ...clocksIn(functionsOf(node.definition))],
    }
  },
  parts: ({ keys, definition, schema, sides }) => [
    ...keys,
    '|',
    ...sides.map(each => list(each.name, schemaText(each.schema))),
    '|',
    schemaText(schema),
    definition.verb,
    definition.order,
    definition.groups === undefined ? '' : list(definition.groups.timeout, definition.groups.outputMode),
    String(definition.ttl),
    ...definition.timers,
    '|',
    ...functionsOf(definition).map(String),
  ],
  words({ keys, definition: { verb, order, groups } }) {
    const more = [
      ...(order === 'arrival' ? [] : [`in order of ${order}`]),
      ...(groups === undefined ? [] : [`${groups.outputMode} mode`]),
      ...(groups === undefined || groups.timeout === 'none' ? [] : [`timeout by ${groups.timeout}`]),
    ]
    return [`${verb} by ${keys.map(name).join(', ')}`, ...more].join(', ')
  },
  needs: ({ input, initial }, _wanted, all) => [
    [input, all(input)],
    ...(initial === undefined ? [] : ([[initial, all(initial)]] as const)),
  ],
  refuse({ input, initial, definition }, { endless }, plan) {
    if (!plan.of(input).appendOnly && definition.onRetract === undefined) {
      const operator = plan.nodesOf(input).find(each => !plan.of(each).appendOnly)?.kind ?? input.kind
      return {
        code: 'PROCESS_ON_UPDATES',
        params: { verb: definition.verb, operator, fix: fixFor(plan.of(input), definition.verb) },
      }
    }
    if (!endless || initial === undefined || plan.of(initial).bounded) return undefined
    const source = plan.nodesOf(initial).find(each => each.kind === 'source' && !each.spec.bounded)
    return {
      code: 'INITIAL_UNBOUNDED',
      params: { table: source?.kind === 'source' ? excerpt(source.spec.name) : initial.kind },
    }
  },
  stateFix: "give the states a time to live: { ttl: '1 day' }, or key by columns that do not grow with time",
}

/** An output beside the rows: declared by name, or the rows whose function threw. */
export const side: NodeKind<Side> = {
  inputs: node => [node.of],
  over(node, [of]) {
    if (of?.kind !== 'process' && of?.kind !== 'apply' && of?.kind !== 'enrich')
      return fail('ASSERTION', { reason: `a function was replaced by a ${of?.kind}` })
    return Object.freeze({ ...node, of })
  },
  schema({ of, output }) {
    if (output === ERRORS) return errorsSchema
    const found = of.kind === 'process' ? of.sides.find(each => each.name === output) : undefined
    return found === undefined ? fail('ASSERTION', { reason: `there is no output ${output}` }) : found.schema
  },
  properties: (_node, { bounded }) => ({
    appendOnly: true,
    keys: undefined,
    eventTime: undefined,
    window: undefined,
    size: bounded ? FINITE : UNBOUNDED,
  }),
  parts: node => [node.output],
  words: node => `output ${name(node.output)}`,
  needs: (node, _wanted, all) => [[node.of, all(node.of)]],
}

/** mapGroupsWithState gives one row a group, which is told by its key columns where the row has them all. */
function onePerKey({ keys, definition, schema }: Process): boolean {
  if (definition.verb !== 'mapGroupsWithState') return false
  return keys.every(key => schema.fields.some(each => each.name === key))
}

type Definition = Process['definition']

const functionsOf = ({ state, on, onRetract, onTimer, onError, migrate }: Definition): readonly unknown[] => [
  state,
  on,
  onRetract,
  onTimer,
  onError,
  ...Object.values(migrate),
]

function functionName({ definition }: Process): string {
  const { verb, on } = definition
  return `${verb} ${on.name === '' || on.name === 'on' ? '(function)' : on.name}`
}

function stateOf({ keys, definition }: Process, input: Properties): Bound {
  if (input.bounded) return FINITE
  const timely = keys.find(each => each === input.eventTime?.path[0] || each === input.window?.column)
  const waiting = definition.order === 'arrival' ? '' : ' and rows up to the watermark'
  if (definition.ttl !== undefined) return bound('watermark', `≤ keys of ${showDuration(definition.ttl)}${waiting}`)
  if (timely !== undefined && definition.onTimer === undefined)
    return bound('unbounded', `UNBOUNDED (key ${timely} grows with time)`)
  return bound('keys', `≤ keys${waiting}`)
}

function fixFor(input: Properties, verb: string): string {
  const retract =
    verb === 'process'
      ? 'give it onRetract(row, state, ctx), which takes the rows that go'
      : 'give it a table whose rows only come'
  return input.window === undefined ? retract : `call .final() on the windowed table, or ${retract}`
}
