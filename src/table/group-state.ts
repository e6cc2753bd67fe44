// Spark's two verbs over groups with a state, as it documents them (docs/process.md says where a trigger is an epoch).
import { describeValue, fail, optionsFor } from '../base/index.ts'
import { type Node, type ProcessFunctions, processOf, schema } from '../plan/index.ts'
import type { GroupStateTimeout, OnError, RowSchema } from '../types/index.ts'

/** What both verbs take beside the function. */
export interface GroupStateOptions<Initial = unknown> {
  /** When a group without rows is handed over too; 'none' by default. */
  readonly timeout?: GroupStateTimeout
  /** The columns of the results. */
  readonly output: RowSchema<object>
  /** A table that ends, with the key and the columns of the state: a group's first state. */
  readonly initialState?: Initial
  /** What becomes of a group whose function threw: its state and timeout stay as they were with 'skip'. */
  readonly onError?: OnError
}

type Verb = 'mapGroupsWithState' | 'flatMapGroupsWithState'

const TIMEOUTS: readonly unknown[] = ['none', 'processing time', 'event time']

export function groupsNode(
  verb: Verb,
  input: Node,
  keys: readonly string[],
  fn: unknown,
  given: GroupStateOptions & { readonly outputMode?: 'append' | 'update' },
): Node {
  const fix = `${verb}((key, rows, state) => …, { output: t.row({ … }) })`
  const { timeout = 'none', output, initialState, onError = 'fail', outputMode } = optionsFor(verb, given, fix)
  const bad = (argument: string, value: unknown, how: string): never =>
    fail('BAD_ARGUMENT', { of: verb, argument, given: describeValue(value), fix: how })
  if (typeof fn !== 'function') bad('function', fn, fix)
  if (!TIMEOUTS.includes(timeout)) bad('timeout', timeout, "write 'none', 'processing time' or 'event time'")
  if (!Array.isArray(output?.fields)) bad('output', output, 'name the columns of the results: t.row({ … })')
  if (outputMode !== 'append' && outputMode !== 'update') bad('outputMode', outputMode, "write 'append' or 'update'")
  if (onError !== 'fail' && onError !== 'skip' && typeof onError !== 'function')
    bad('onError', onError, "write 'fail', 'skip', or a function that gives the result instead")
  const initial = (initialState as { readonly node?: Node } | undefined)?.node
  if (initialState !== undefined && initial === undefined) bad('initialState', initialState, 'give a table')
  const definition = functionsOf(
    verb,
    fn as ProcessFunctions['on'],
    { timeout, outputMode: outputMode as 'append' },
    onError,
  )
  // With timeouts of event time late rows are left out: they are a side output.
  const sides = [{ name: 'late', schema: schema(input) }]
  return processOf(input, keys, { definition, schema: output, sides, initial })
}

function functionsOf(
  verb: Verb,
  on: ProcessFunctions['on'],
  groups: NonNullable<ProcessFunctions['groups']>,
  onError: OnError,
): ProcessFunctions {
  return {
    verb,
    state: undefined,
    on,
    onRetract: undefined,
    onTimer: undefined,
    timers: [],
    order: 'arrival',
    ttl: undefined,
    version: 1,
    migrate: {},
    onError,
    groups: Object.freeze(groups),
  }
}
