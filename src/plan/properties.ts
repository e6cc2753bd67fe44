// What is known of every node before anything runs, derived once per node object: which changes it can emit, its
// unique key, its event time, whether it ends, and how much state it needs. Refusals (checks/), rules, explain and
// lowering all read this; nothing else decides what a node can do.
import type { Schema } from '../types/index.ts'
import { kindOfNode } from './kinds/index.ts'
import type { Moment, Node } from './node.ts'
import { schema } from './schema.ts'
import { inputsOf } from './walk.ts'

/** How large state, or a table, can get: nothing; one row per key; what the watermark holds open; no bound. */
export type BoundClass = 'none' | 'keys' | 'watermark' | 'unbounded'

export interface Bound {
  readonly class: BoundClass
  /** As explain prints it: '≤ keys', '≤ watermark + 3 hours', 'UNBOUNDED'. */
  readonly text: string
}

/** The window column a table is cut by. */
export interface WindowProperty {
  readonly column: string
  /** microseconds from a window's start to its end; undefined: there is no longest one */
  readonly size: bigint | undefined
  /** Sessions: rows whose windows touch are in one. */
  readonly merges: boolean
  /** The global window never ends. */
  readonly isEndless: boolean
  /** microseconds after its end in which a window still takes rows */
  readonly accept: bigint
}

export interface Properties {
  readonly schema: Schema
  /** Proved: no row ever goes. */
  readonly appendOnly: boolean
  /** A set of columns whose values are unique; [] = at most one row; undefined = none known. */
  readonly keys: readonly string[] | undefined
  /** The event time of its rows, if the table still has it. */
  readonly eventTime: Moment | undefined
  /** Ends by itself. */
  readonly bounded: boolean
  readonly window: WindowProperty | undefined
  /** State this node keeps. */
  readonly state: Bound
  /** Rows of the table as a whole. */
  readonly size: Bound
  /** Names of the plain functions at this node: rules do not look into them. */
  readonly opaque: readonly string[]
  /** Of the inputs: whether the same offsets give the same rows again. */
  readonly replayable: boolean
}

const known = new WeakMap<Node, Properties>()

export function properties(node: Node): Properties {
  const found = known.get(node)
  if (found !== undefined) return found
  const made = Object.freeze(derive(node))
  known.set(node, made)
  return made
}

function derive(node: Node): Properties {
  const inherited = inheritedBy(node)
  return { ...inherited, ...kindOfNode(node).properties(node, inherited, properties) }
}

const NOTHING: Bound = Object.freeze({ class: 'none', text: 'none' })

/** What most nodes pass on of their first input. A source has none, and says everything itself. */
function inheritedBy(node: Node): Properties {
  const inputs = inputsOf(node).map(properties)
  return {
    ...(inputs[0] as Properties),
    schema: schema(node),
    bounded: inputs.every(each => each.bounded),
    replayable: inputs.every(each => each.replayable),
    state: NOTHING,
    opaque: [],
  }
}
