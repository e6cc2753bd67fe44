// keyBy(…).process({…}): a function of the user per row, with a state and timers per key. What it is given is checked here; the
// columns of what it yields are stated, or found out by trying it on made-up rows.
import { describeValue, type ErrorCode, excerpt, fail, MillraceError, micros, optionsFor } from '../base/index.ts'
import { probeSchema } from '../data/index.ts'
import { badVerb, type Node, type ProcessFunctions, processOf, schema, sideOf } from '../plan/index.ts'
import type {
  ChangeKind,
  Flat,
  GroupState,
  KeyOf,
  MergedRow,
  ProcessDefinition,
  RowSchema,
  Schema,
  SideSchemas,
} from '../types/index.ts'
import { type GroupStateOptions, groupsNode } from './group-state.ts'
import type { ProcessedTable, Table } from './table.ts'

/** Rows by key: for functions with a state per key. */
export class KeyedTable<Row extends object, const Keys extends readonly (keyof Row & string)[]> {
  readonly #node: Node
  readonly #keys: Keys
  readonly #table: (node: Node) => object

  /** @param table makes a table of a node. */
  constructor(node: Node, keys: Keys, table: (node: Node) => object) {
    this.#node = node
    this.#keys = keys
    this.#table = table
  }

  /**
   * Call a function for every row, with a state and timers per key; what it yields are the rows of the result.
   *
   * @example
   * import { read, t } from 'millrace'
   * const payments = read.from([{ card: 'a', ok: false }, { card: 'a', ok: false }], {
   *   schema: t.row({ card: t.string(), ok: t.boolean() }),
   * })
   * const alerts = payments.keyBy('card').process({
   *   state: () => ({ fails: 0 }),
   *   *on(row, state) {
   *     if (!row.ok && ++state.fails === 2) yield { card: row.card, why: 'two failures' }
   *   },
   *   output: t.row({ card: t.string(), why: t.string() }),
   * })
   * if ((await alerts.collect()).length !== 1) throw new Error('one alert')
   */
  process<
    State = undefined,
    const Timer extends string = never,
    Out extends object = never,
    Fired extends object = never,
    const Sides extends SideSchemas = Record<never, never>,
  >(
    definition: ProcessDefinition<
      Row,
      KeyOf<Row, Keys>,
      State,
      Timer,
      Out,
      Fired,
      Sides,
      Table<Flat<Pick<Row, Keys[number]> & NoInfer<State>>, ChangeKind>
    >,
  ): ProcessedTable<MergedRow<Out | Fired>, Sides> {
    const given = checked(definition as unknown as AnyDefinition)
    const input = schema(this.#node)
    const sides = Object.entries(given.outputs ?? {}).map(([name, of]) => ({ name, schema: of }))
    const node = processOf(this.#node, this.#keys, {
      definition: functionsOf(given),
      schema: given.output ?? triedOn(input, this.#keys, given),
      sides,
      initial: given.initial?.node,
    })
    return this.#table(node) as ProcessedTable<MergedRow<Out | Fired>, Sides>
  }

  /**
   * Spark's mapGroupsWithState: called once an epoch for each group that has rows, with all of them; one row a group, which
   * takes the place of the one before.
   *
   * @example
   * import { type GroupState, read, t } from 'millrace'
   * const clicks = read.from([{ user: 'a' }, { user: 'a' }], { schema: t.row({ user: t.string() }) })
   * const counts = clicks.keyBy('user').mapGroupsWithState(
   *   (user, rows, state: GroupState<number>) => {
   *     state.update((state.getOption() ?? 0) + rows.length)
   *     return { user, n: state.get() }
   *   },
   *   { output: t.row({ user: t.string(), n: t.int() }) },
   * )
   * const [row] = await counts.collect()
   * if (row?.n !== 2) throw new Error('two clicks')
   */
  mapGroupsWithState<State, Out extends object>(
    fn: (key: KeyOf<Row, Keys>, rows: readonly Row[], state: GroupState<State>) => Out,
    options: GroupStateOptions<Table<Flat<Pick<Row, Keys[number]> & NoInfer<State>>, ChangeKind>>,
  ): ProcessedTable<Flat<Out>, LateRows<Row>, 'update'> {
    const given = { ...options, outputMode: 'update' as const }
    const node = groupsNode('mapGroupsWithState', this.#node, this.#keys, fn, given)
    return this.#table(node) as ProcessedTable<Flat<Out>, LateRows<Row>, 'update'>
  }

  /**
   * Spark's flatMapGroupsWithState: as mapGroupsWithState, with any number of rows. In 'append' mode they are added, in
   * 'update' mode they take the place of what the group gave before.
   */
  flatMapGroupsWithState<State, Out extends object, const Mode extends 'append' | 'update'>(
    fn: (key: KeyOf<Row, Keys>, rows: readonly Row[], state: GroupState<State>) => Iterable<Out>,
    options: GroupStateOptions<Table<Flat<Pick<Row, Keys[number]> & NoInfer<State>>, ChangeKind>> & {
      readonly outputMode: Mode
    },
  ): ProcessedTable<Flat<Out>, LateRows<Row>, Mode> {
    const node = groupsNode('flatMapGroupsWithState', this.#node, this.#keys, fn, options)
    return this.#table(node) as ProcessedTable<Flat<Out>, LateRows<Row>, Mode>
  }
}

/** What leaves a Spark form beside its rows: those that came too late for timeouts of event time. */
interface LateRows<Row extends object> {
  readonly late: RowSchema<Row>
}

/** The side outputs of a process as tables, by name. */
export function sidesOf(node: Node, table: (node: Node) => object): object {
  if (node.kind !== 'process')
    return badVerb('side', 'the table is not the process any more', 'take it right after process({ … })')
  return Object.freeze(Object.fromEntries(node.sides.map(({ name }) => [name, table(sideOf(node, name))])))
}

type AnyFunction = (...given: never[]) => unknown

interface AnyDefinition {
  readonly state?: (() => unknown) | undefined
  readonly timers?: readonly string[]
  readonly on: AnyFunction
  readonly onRetract?: AnyFunction
  readonly onTimer?: AnyFunction
  readonly output?: RowSchema
  readonly outputs?: Readonly<Record<string, RowSchema>>
  readonly order?: 'arrival' | 'event time'
  readonly ttl?: Parameters<typeof micros>[0]
  readonly initial?: Table<object, ChangeKind>
  readonly version?: number
  readonly migrate?: Readonly<Record<number, (old: never) => unknown>>
  readonly onError?: 'fail' | 'skip' | AnyFunction
}

const SHAPE = 'process({ state: () => ({ n: 0 }), *on(row, state, ctx) { … } })'

/** A definition of callers without types too. */
function checked(given: AnyDefinition): AnyDefinition {
  const definition = optionsFor('process', given, SHAPE)
  if (typeof definition.on !== 'function') bad('on', definition.on, 'give a function: *on(row, state, ctx) { … }')
  for (const name of ['state', 'onRetract', 'onTimer'] as const)
    if (definition[name] !== undefined && typeof definition[name] !== 'function')
      bad(name, definition[name], 'give a function')
  const { timers = [], order, version = 1, initial, onError, outputs = {} } = definition
  if (!Array.isArray(timers) || timers.some(each => typeof each !== 'string' || each === ''))
    bad('timers', timers, "name them: timers: ['quiet']")
  if (new Set(timers).size !== timers.length) badVerb('process', 'two timers have the same name', 'name each once')
  if (timers.length > 0 && definition.onTimer === undefined)
    badVerb('process', 'there are timers and no onTimer', 'add *onTimer(name, state, ctx) { … }')
  if (order !== undefined && order !== 'arrival' && order !== 'event time')
    bad('order', order, "write 'arrival' or 'event time'")
  if (!Number.isSafeInteger(version) || version < 1) bad('version', version, 'count versions: 1, 2, 3 …')
  if (initial !== undefined && initial?.node === undefined) bad('initial', initial, 'give a table')
  if (onError !== undefined && onError !== 'fail' && onError !== 'skip' && typeof onError !== 'function')
    bad('onError', onError, "write 'fail', 'skip', or a function that gives the rows instead")
  for (const [name, of] of Object.entries(outputs))
    if (of === null || typeof of !== 'object' || !Array.isArray(of.fields))
      bad(`output ${excerpt(name, 40)}`, of, 'name its columns: t.row({ … })')
  return definition
}

const bad = (argument: string, given: unknown, fix: string): never =>
  fail('BAD_ARGUMENT', { of: 'process', argument, given: describeValue(given), fix })

function functionsOf(given: AnyDefinition): ProcessFunctions {
  const { state, on, onRetract, onTimer, timers = [], order = 'arrival', ttl, version = 1, migrate = {} } = given
  return {
    verb: 'process',
    state,
    on: on as ProcessFunctions['on'],
    onRetract: onRetract,
    onTimer: onTimer,
    timers: Object.freeze([...timers]),
    order,
    ttl: ttl === undefined ? undefined : micros(ttl),
    version,
    migrate: Object.freeze({ ...migrate }),
    onError: (given.onError ?? 'fail') as ProcessFunctions['onError'],
  }
}

/** How often `on` is tried with one state, until it yields. */
const TRIES = 20

/** The columns of what the functions yield, by trying them. */
function triedOn(input: Schema, keys: readonly string[], given: AnyDefinition): Schema {
  const results = (row: object): unknown[] => {
    const state = given.state?.()
    const context = trialContext(row, keys)
    const rows: unknown[] = []
    for (let i = 0; i < TRIES && rows.length === 0; i++)
      rows.push(...listed(given.on(...([row, state, context] as never[]))))
    for (const name of given.timers ?? []) rows.push(...listed(given.onTimer?.(...([name, state, context] as never[]))))
    return rows
  }
  try {
    return probeSchema(results as never, input, 'flatMap')
  } catch (error) {
    const code: ErrorCode = 'MAP_NEEDS_SCHEMA'
    if (!(error instanceof MillraceError) || error.code !== code) throw error
    return fail('PROCESS_NEEDS_OUTPUT', { verb: 'process', reason: error.params['reason'] }, {}, error.cause)
  }
}

const listed = (result: unknown): unknown[] =>
  result === undefined || result === null || typeof result === 'string' ? [] : [...(result as Iterable<unknown>)]

/** A context that does nothing. */
function trialContext(row: object, keys: readonly string[]): object {
  const values = row as Record<string, unknown>
  const nothing = (): void => {}
  const instant = new Date(Date.UTC(2001, 1, 3))
  return {
    key: keys.length === 1 ? values[keys[0] as string] : Object.fromEntries(keys.map(name => [name, values[name]])),
    time: instant,
    now: instant,
    watermark: instant,
    random: () => 0.5,
    setTimer: nothing,
    wallTimer: nothing,
    clearTimer: nothing,
    setState: nothing,
    clearState: nothing,
    emit: nothing,
  }
}
