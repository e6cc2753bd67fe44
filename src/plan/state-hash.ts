// The name of a node's state. Law: equal exactly when the state is that of the same sub-plan, whatever else the query
// computes and however rules run it. So: the plan as written, cut down to the columns it needs itself; and the columns of
// the rows as they run, where an operator keeps whole rows.
// A second, looser name forgives what makes no difference to what was saved: int became bigint, not null became nullable.
// State is adopted by it where the layout is the same (docs/notes/evolution.md).
import { field, type Schema, scalars, schemaOf } from '../types/index.ts'
import { fnv1a128, planHash } from './hash.ts'
import { json, list, schemaText } from './kinds/texts.ts'
import type { Node, Process, Source } from './node.ts'
import { originOf } from './origin.ts'
import { properties } from './properties.ts'
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
  if (origin.kind === 'process')
    return fnv1a128(list('state', VERSION, role, planHash(alone(withoutCode(origin), asItIs))))
  return fnv1a128(list('state', VERSION, role, planHash(alone(origin, asItIs)), ...rows))
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

/** @param layout what was saved looks like this. */
export function looseStateHash(node: Node, role: string, layout: string): string | undefined {
  const written = originOf(node)
  if (isOpaque(written)) return undefined
  return fnv1a128(list('loose state', VERSION, role, planHash(alone(written, widened)), layout))
}

/** What an output tells: which table, whether its columns are int or bigint, nullable or not. */
export function tableHash(node: Node): string {
  return planHash(alone(node, isOpaque(node) ? asItIs : widened))
}

/** A plain function sees what a column is: to it a bigint is another value than an int. */
const isOpaque = (node: Node): boolean => nodesOf(node).some(each => properties(each).opaque.length > 0)

/** Where the rows of a source are, however they are decoded: its offsets are named by it. */
export function sourceHash({ spec, time }: Source): string {
  return fnv1a128(list('offsets', VERSION, spec.kind, json(spec.fingerprint), time?.column ?? ''))
}

const madeAlone = new WeakMap<Node, Map<(declared: Schema) => Schema, Node>>()

/** A sub-plan as if it were the whole plan: sources declare only the columns that it needs, in the way that is asked for. */
function alone(node: Node, how: (declared: Schema) => Schema): Node {
  const known = madeAlone.get(node) ?? new Map()
  madeAlone.set(node, known)
  const made = known.get(how) ?? makeAlone(node, how)
  known.set(how, made)
  return made
}

function makeAlone(node: Node, how: (declared: Schema) => Schema): Node {
  const [needed] = optimiseAll([node], [pushProjection]).nodes as [Node]
  return rebuild(needed, each =>
    each.kind === 'source'
      ? Object.freeze({ ...each, columns: undefined, spec: { ...each.spec, schema: how(schema(each)) } })
      : each,
  )
}

const asItIs = (declared: Schema): Schema => declared

const widened = ({ fields }: Schema): Schema =>
  schemaOf(fields.map(({ name, type }) => field(name, type.kind === 'int' ? scalars.bigint : type, true)))
