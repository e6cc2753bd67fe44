// The name of a node's state. Law: equal exactly when the state is that of the same sub-plan, whatever else the query
// computes and however rules run it. So: the plan as written, cut down to the columns it needs itself; and the columns of
// the rows as they run, where an operator keeps whole rows.
import type { Schema } from '../types/index.ts'
import { fnv1a128, planHash } from './hash.ts'
import { json, list, schemaText } from './kinds/texts.ts'
import type { Node, Process, Source } from './node.ts'
import { originOf } from './origin.ts'
import { optimiseAll } from './rules/index.ts'
import { pushProjection } from './rules/push-projection.ts'
import { schema } from './schema.ts'
import { stepOf } from './step.ts'
import { inputsOf, nodesOf, rebuild } from './walk.ts'

/** What an operator keeps changes with the releases: state of another version is not read. */
const VERSION = '1'

/** Their state is made of expressions over the rows, not of the rows: which other columns these have does not matter. */
const KEEPS_NO_ROWS: ReadonlySet<Node['kind']> = new Set(['aggregate'])

/** @param role tells the operators of one node apart. */
export function stateHash(node: Node, role: string): string {
  // An iteration keeps the state of every operator of its step.
  const within = node.kind === 'iterate' ? nodesOf(...stepOf(node)) : []
  const kept = KEEPS_NO_ROWS.has(node.kind) ? [] : [...inputsOf(node), node, ...within]
  const rows = kept.map(each => schemaText(schema(each)))
  const origin = originOf(node)
  if (origin.kind === 'process') return fnv1a128(list('state', VERSION, role, aloneHash(withoutCode(origin))))
  return fnv1a128(list('state', VERSION, role, aloneHash(origin), ...rows))
}

const NOTHING = (): void => {}

/**
 * What a process keeps is the user's, who gives it a version when its shape changes: the name of its state does not depend on
 * its code. Rows are kept by key, of the input when they wait, of the output when later ones take their place.
 */
function withoutCode(node: Process): Process {
  const { verb, order, groups } = node.definition
  const definition = {
    verb,
    order,
    ...(groups === undefined ? {} : { groups }),
    state: undefined,
    on: NOTHING,
    onRetract: undefined,
    onTimer: undefined,
    timers: [],
    ttl: undefined,
    version: 1,
    migrate: {},
    onError: 'fail' as const,
  }
  const kept = groups?.outputMode === 'update' ? node.schema : schema(node.input)
  return Object.freeze({ ...node, definition: Object.freeze(definition), schema: kept, sides: Object.freeze([]) })
}

/** Where the rows of a source are, however they are decoded: its offsets are named by it. */
export function sourceHash({ spec, time }: Source): string {
  return fnv1a128(list('offsets', VERSION, spec.kind, json(spec.fingerprint), time?.column ?? ''))
}

const known = new WeakMap<Node, string>()

/** The hash of a sub-plan as if it were the whole plan: columns it does not need are not there. */
function aloneHash(node: Node): string {
  const found = known.get(node)
  if (found !== undefined) return found
  const [alone] = optimiseAll([node], [pushProjection]).nodes as [Node]
  const made = planHash(rebuild(alone, declared))
  known.set(node, made)
  return made
}

/** A source that declares only the columns that are decoded. */
function declared(node: Node): Node {
  if (node.kind !== 'source' || node.columns === undefined) return node
  const cut: Schema = schema(node)
  return Object.freeze({ ...node, columns: undefined, spec: { ...node.spec, schema: cut } })
}
