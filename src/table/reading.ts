// A table is a plan node and the session that can run it: what can be asked of one. Its verbs are in table.ts.
import {
  badVerb,
  type Change,
  type ChangesOptions,
  type Node,
  properties,
  type Session,
  type Snapshot,
  schema,
} from '../plan/index.ts'
import type { Schema } from '../types/index.ts'
import { aggregateNode } from './verbs.ts'

/** Rows with a type. */
export class ReadableTable<Row extends object> {
  /** The plan: what a run or a rule looks at. */
  readonly node: Node
  protected readonly session: Session

  constructor(node: Node, session: Session) {
    this.node = node
    this.session = session
  }

  /** The columns in order. */
  get schema(): Schema {
    return schema(this.node)
  }
  /** True when the table never ends by itself. */
  get isUnbounded(): boolean {
    return !properties(this.node).bounded
  }

  /** All rows there are now. */
  async collect(options: { readonly signal?: AbortSignal } = {}): Promise<Row[]> {
    return [...(await this.session.collect(this.node, options)).rows] as Row[]
  }

  /** The first row there is now, or undefined. */
  async first(options: { readonly signal?: AbortSignal } = {}): Promise<Row | undefined> {
    return (await this.session.collect(this.node, { ...options, limit: 1 })).rows[0] as Row | undefined
  }

  /** How many rows there are now. */
  async count(options: { readonly signal?: AbortSignal } = {}): Promise<number> {
    const counted = aggregateNode(this.node, [], group => ({ rows: group.count() }))
    const [row] = (await this.session.collect(counted, options)).rows as { rows: number }[]
    return row?.rows ?? 0
  }

  /** All rows there are now, with the epoch they are of. */
  snapshot(options: { readonly signal?: AbortSignal } = {}): Promise<Snapshot<Row>> {
    return this.session.collect(this.node, options) as Promise<Snapshot<Row>>
  }

  /** Changes as they happen, pulled: `for await (const { row, weight } of t.changes({ signal }))`. */
  changes(options?: ChangesOptions): AsyncIterableIterator<Change<Row>> {
    return this.session.changes(this.node, options) as AsyncIterableIterator<Change<Row>>
  }

  /** The plan, the rules applied, stages and tasks, as aligned text. */
  explain(): string {
    return this.session.explain(this.node)
  }
}

/** What the step of an iteration returned, as a node. */
export function tableNode(verb: string, table: unknown): Node {
  if (table instanceof ReadableTable) return table.node
  return badVerb(verb, 'the step does not return a table', `${verb}(table => table.…)`)
}
