// Names of saved state. Law: a name says what the state is of (stateHash) and which branch of the run made it, so state is
// never taken for that of something else, however the plan around it changes.
import {
  describe,
  inputsOf,
  looseStateHash,
  nodesOf,
  type Output,
  properties,
  schema,
  sourceHash,
  stateHash,
} from '../plan/index.ts'
import { graftOf } from './graft.ts'
import type { Site, Vertex } from './graph.ts'
import type { InputPlan } from './input.ts'
import type { Lowered } from './lower.ts'
import { kindsOf } from './lowering.ts'

/** State, or offsets, by the hash of what they are of. Equal parts of one branch are numbered. */
export interface Part {
  readonly hash: string
  /** State that was saved under this name can be adopted: only what makes no difference to it has changed. */
  readonly loose?: string | undefined
  /** For people. */
  readonly words: string
}

/** What an output needs: hashes of its parts, a number of equal sources standing for all of them. */
export interface Needs {
  readonly states: ReadonlySet<string>
  readonly sources: ReadonlySet<string>
  /** What of it is new where these states go on, if the rest can give it all it needs (graft.ts). */
  graft(kept: ReadonlySet<string>): ReadonlySet<string> | undefined
}

/** The parts of a lowered branch. */
export interface Parts {
  readonly states: ReadonlyMap<Vertex, Part>
  readonly sources: ReadonlyMap<InputPlan, Part>
}

export function stateParts(lowered: Lowered): Parts['states'] {
  const number = numbering()
  const states = new Map<Vertex, Part>()
  for (const vertex of lowered.vertices) {
    const { site, name, operator } = vertex
    if (site === undefined || operator.stores.length === 0) continue
    const role = site.role === '' || site.role === 'changes' ? '' : `, ${site.role}`
    states.set(vertex, {
      hash: number(stateHash(site.node, `${site.role} ${name}${site.rows ?? ''}`)),
      loose: looseName(site, name),
      words: describe(site.node) + role,
    })
  }
  return states
}

export function sourceParts({ inputs }: Lowered): Parts['sources'] {
  const number = numbering()
  const part = ({ key, spec }: InputPlan): Part => ({ hash: number(key), words: `source ${spec.kind} ${spec.name}` })
  return new Map(inputs.map(each => [each, part(each)]))
}

/** Operators that keep whole rows, in row bytes that are the same for an int and a bigint, null allowed or not. */
const KEEP_ROWS: ReadonlySet<string> = new Set(['top', 'sort', 'limit', 'view'])

function looseName({ node, role, layout }: Site, name: string): string | undefined {
  if (layout !== undefined) return looseStateHash(node, `${role} ${name}`, layout)
  if (!KEEP_ROWS.has(name)) return undefined
  const kinds = [...inputsOf(node), node].map(each => kindsOf(schema(each)))
  return looseStateHash(node, `${role} ${name}`, JSON.stringify(kinds))
}

/** Which saved part each part takes: its own, or one that it can adopt; none is taken twice. */
export function taken<P extends Part>(saved: readonly P[], parts: readonly Part[]): ReadonlyMap<string, P> {
  const found = new Map<string, P>()
  for (const { hash } of parts) {
    const own = saved.find(each => each.hash === hash)
    if (own !== undefined) found.set(hash, own)
  }
  const left = new Set(saved.filter(each => !found.has(each.hash)))
  for (const { hash, loose } of parts) {
    if (found.has(hash) || loose === undefined) continue
    const adopted = [...left].find(each => each.loose === loose)
    if (adopted === undefined) continue
    found.set(hash, adopted)
    left.delete(adopted)
  }
  return found
}

/** Both of states and of sources: their hashes differ. */
export function takenOf<P extends Part>(saved: Named<P>, now: Named<Part>): ReadonlyMap<string, P> {
  return new Map([...taken(saved.states, now.states), ...taken(saved.sources, now.sources)])
}

interface Named<P> {
  readonly states: readonly P[]
  readonly sources: readonly P[]
}

/** Equal names in order: a, a~2, a~3. */
function numbering(): (name: string) => string {
  const times = new Map<string, number>()
  return name => {
    const n = (times.get(name) ?? 0) + 1
    times.set(name, n)
    return n === 1 ? name : `${name}~${n}`
  }
}

/** What each output of a lowered branch needs, in order. */
export function needsOf(outputs: readonly Output[], lowered: Lowered, { states, sources }: Parts): readonly Needs[] {
  return lowered.outputs.map((plan, i) => {
    const node = (outputs[i] as Output).node
    const read = new Set(nodesOf(node).flatMap(each => (each.kind === 'source' ? [sourceHash(each)] : [])))
    const keys = [...sources].flatMap(([input, part]) => (read.has(input.key) ? [part.hash] : []))
    const above = upstream(plan.vertex)
    const stateOf = (vertex: Vertex): string | undefined => states.get(vertex)?.hash
    return {
      graft(kept) {
        const made = graftOf([plan.vertex], vertex => kept.has(stateOf(vertex) ?? ''))
        return made && new Set([...made.parts].flatMap(each => stateOf(each) ?? []))
      },
      states: new Set([...states].flatMap(([vertex, part]) => (above.has(vertex) ? [part.hash] : []))),
      sources: new Set(keys),
    }
  })
}

/** A vertex and everything it listens to. */
function upstream(vertex: Vertex, seen = new Set<Vertex>()): ReadonlySet<Vertex> {
  if (seen.has(vertex)) return seen
  seen.add(vertex)
  for (const input of vertex.inputs) if (input.vertex !== undefined) upstream(input.vertex, seen)
  return seen
}

/** A sink, as far as it may hold rows already. */
export const sinkName = ({ sink }: Pick<Output, 'sink'>): string => `${sink.kind} ${sink.name}`

export const isAppendOnly = ({ node }: Pick<Output, 'node'>): boolean => properties(node).appendOnly
