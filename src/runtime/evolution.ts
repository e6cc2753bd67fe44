// A query that changed since it last ran: what of its state goes on, what is computed from the beginning, what is dropped.
// Law: after a change every sink holds what the changed query makes of all its input, or the run is refused before it touches
// anything; what did not change goes on as if nothing had happened. See docs/notes/evolution.md.
import type { Mode } from '../data/index.ts'
import { type Output, properties, tableHash } from '../plan/index.ts'
import { joinBranches, type Positions } from './joining.ts'
import { isAppendOnly, type Needs, type Part, sinkName, taken, takenOf } from './naming.ts'

/** A part that was saved, and the name it was saved under. */
export interface SavedPart extends Part {
  readonly store: string
  /** It was put over what was there after this epoch; it holds nothing before the next. */
  readonly after?: number
}

export interface SavedOutput {
  readonly sink: string
  readonly mode: Mode
  readonly table: string
  readonly appendOnly: boolean
  /** The epoch after which its sink began anew; what it holds of earlier ones is of the query as it was. */
  readonly since: number
  /** It was put over what was there after this epoch, whose contents it is told in the next. */
  readonly after?: number
}

/** Outputs with everything they need, sharing nothing with other branches. */
export interface SavedBranch {
  readonly id: number
  readonly outputs: readonly SavedOutput[]
  readonly states: readonly SavedPart[]
  readonly sources: readonly SavedPart[]
}

/** What a query is: kept in its folder, for the next start to compare. */
export interface Meta {
  readonly version: 2
  readonly id: string
  /** The number of the next branch; none is used twice. */
  readonly next: number
  readonly branches: readonly SavedBranch[]
  /** Sinks that may hold rows. */
  readonly sinks: readonly string[]
}

/** What becomes of a part: = goes on, ~ goes on with rows to come, + is computed from the beginning, - is dropped. */
export interface Verdict {
  readonly sign: '=' | '~' | '+' | '-'
  readonly words: string
  readonly becomes: string
}

/** Why a new branch can not be computed. */
export interface Blocked {
  readonly what: string
  readonly reason: string
  readonly fix: string
}

/** Outputs of the changed query, by number, that run as one branch. */
export interface Branch {
  readonly id: number
  /** What was saved of it; undefined: it is new. */
  readonly saved: SavedBranch | undefined
  readonly outputs: readonly number[]
  /** By output: the epoch after which its sink begins anew; 0: it holds nothing of another query. */
  readonly since: readonly number[]
  /** Of its outputs, those that are put over what goes on: their first delta is told in the epoch after `committed`. */
  readonly grafted: readonly number[]
  readonly committed: number
  /** The number in the names of state that is new in it. */
  readonly fresh: number
}

export interface Evolution {
  readonly branches: readonly Branch[]
  readonly next: number
  readonly verdicts: readonly Verdict[]
  readonly blocked: readonly Blocked[]
}

/** What lowering finds out about a branch, nothing being run. */
export interface Look {
  readonly states: readonly Part[]
  readonly sources: readonly Part[]
  /** By output. */
  readonly needs: readonly Needs[]
  /** Hashes of the states that follow from the sum of what was read. */
  readonly follows: ReadonlySet<string>
}

/**
 * @param committed the epoch up to which sinks hold rows
 * @param positions where sources stood then; undefined: an epoch was begun after that, and is to be done again as it was
 */
export function evolve(
  saved: Meta,
  outputs: readonly Output[],
  committed: number,
  positions: Positions | undefined,
  look: (outputs: readonly Output[]) => Look,
): Evolution {
  const pairs = paired(saved, outputs)
  const known = new Set(saved.sinks)
  const sinceOf = (i: number): number => (known.has(sinkName(outputs[i] as Output)) ? committed : 0)
  const apart = saved.branches.map(branch => keep(branch, pairs, outputs, committed, look))
  const kept = positions === undefined ? apart : joinBranches(apart, outputs, positions, look)
  const left = (): number[] => outputs.flatMap((_, i) => (kept.some(each => each.outputs.includes(i)) ? [] : [i]))
  const grafted = left().filter(i => graft(kept, i, sinceOf(i), saved.next, outputs, look))
  const branches = kept.filter(each => each.outputs.length > 0)
  const rest = left()
  const number = saved.next + (grafted.length > 0 ? 1 : 0)
  const fresh: Branch[] = rest.length === 0 ? [] : [newBranch(number, rest, rest.map(sinceOf), committed)]
  const anew = [...grafted.map(i => [i, true] as const), ...rest.map(i => [i, false] as const)]
  return {
    branches: [...branches, ...fresh],
    next: number + fresh.length,
    verdicts: judge(saved, outputs, [...kept, ...fresh], look),
    blocked: anew.flatMap(([i, isGrafted]) => blockedBy(outputs[i] as Output, sinceOf(i) > 0, isGrafted)),
  }
}

/** A branch that begins. */
export function newBranch(id: number, outputs: readonly number[], since: readonly number[], committed: number): Branch {
  return { id, saved: undefined, outputs, since, grafted: [], committed, fresh: id }
}

/** Put an output over what goes on in a branch, if one of them holds all it needs: it is added to that one. */
function graft(
  branches: Branch[],
  output: number,
  since: number,
  fresh: number,
  outputs: readonly Output[],
  look: (outputs: readonly Output[]) => Look,
): boolean {
  for (const [k, branch] of branches.entries()) {
    const all = [...branch.outputs, output]
    if (!fitsOver(branch, look(all.map(i => outputs[i] as Output)))) continue
    branches[k] = {
      ...branch,
      outputs: all,
      since: [...branch.since, since],
      grafted: [...branch.grafted, output],
      fresh,
    }
    return true
  }
  return false
}

/** What a branch has goes on with one output more, the last, and can give it all it needs. */
function fitsOver({ saved, committed, grafted, outputs }: Branch, now: Look): boolean {
  if (saved === undefined) return false
  const there = takenOf(saved, now)
  const full = new Set([...there].flatMap(([hash, part]) => (part.after === committed ? [] : [hash])))
  return now.needs.every((each, i) => {
    const isNew = i === outputs.length || grafted.includes(outputs[i] as number)
    const fresh = isNew ? each.graft(full) : new Set<string>()
    return fresh !== undefined && [...each.states, ...each.sources].every(hash => there.has(hash) || fresh.has(hash))
  })
}

/** Which output takes the place of which saved one: first by sink and table, then by sink alone where rows only come. */
function paired(saved: Meta, outputs: readonly Output[]): ReadonlyMap<SavedOutput, number> {
  const pairs = new Map<SavedOutput, number>()
  const taken = new Set<number>()
  const pair = (fits: (output: Output, was: SavedOutput) => boolean): void => {
    for (const was of saved.branches.flatMap(each => each.outputs)) {
      if (pairs.has(was)) continue
      const i = outputs.findIndex((each, k) => !taken.has(k) && sinkName(each) === was.sink && fits(each, was))
      if (i < 0) continue
      pairs.set(was, i)
      taken.add(i)
    }
  }
  pair((output, was) => tableHash(output.node) === was.table)
  pair((output, was) => was.appendOnly && isAppendOnly(output))
  return pairs
}

/** The outputs that a saved branch can go on with: all they need was saved, also when the others are gone. */
function keep(
  branch: SavedBranch,
  pairs: ReadonlyMap<SavedOutput, number>,
  outputs: readonly Output[],
  committed: number,
  look: (outputs: readonly Output[]) => Look,
): Branch {
  let some = branch.outputs.flatMap(was => {
    const output = pairs.get(was)
    return output === undefined ? [] : [{ output, since: was.since, after: was.after }]
  })
  for (;;) {
    const now = look(some.map(each => outputs[each.output] as Output))
    const there = takenOf(branch, now)
    const fit = some.filter((_, i) => {
      const { states, sources } = now.needs[i] as Needs
      return [...states, ...sources].every(each => there.has(each))
    })
    if (fit.length === some.length) break
    some = fit
  }
  return {
    id: branch.id,
    saved: branch,
    outputs: some.map(each => each.output),
    since: some.map(each => each.since),
    grafted: some.flatMap(each => (each.after === committed ? [each.output] : [])),
    committed,
    fresh: branch.id,
  }
}

/** Why an output can not be told from the beginning. */
function blockedBy(output: Output, hasRows: boolean, isGrafted: boolean): readonly Blocked[] {
  const what = `the sink ${sinkName(output)}`
  if (!isGrafted && !properties(output.node).replayable) {
    const reason = 'it reads a source that can not be read again, so what it told before is gone'
    return [{ what, reason, fix: 'run the changed query under a new id: it starts with what comes from now on' }]
  }
  if (!hasRows || output.mode === 'complete' || output.sink.renews === true) return []
  const reason = 'it holds rows of the query as it was, and can not begin anew'
  return [{ what, reason, fix: 'give the changed query a sink of its own (another folder): it gets everything' }]
}

/** The difference, part by part: sources, operators, sinks. */
function judge(
  saved: Meta,
  outputs: readonly Output[],
  branches: readonly Branch[],
  look: (outputs: readonly Output[]) => Look,
): readonly Verdict[] {
  const sources: Verdict[] = []
  const states: Verdict[] = []
  for (const { saved: was, outputs: numbers } of branches) {
    const now = look(numbers.map(i => outputs[i] as Output))
    sources.push(...compared(was?.sources, now.sources, 'its offsets are kept', 'read from its beginning'))
    states.push(...compared(was?.states, now.states, 'its state is kept', 'computed from the beginning'))
  }
  return [...sources, ...states, ...sinkVerdicts(saved, outputs, branches)]
}

function compared(
  was: readonly Part[] | undefined,
  now: readonly Part[],
  kept: string,
  fresh: string,
): readonly Verdict[] {
  if (was === undefined) return now.map(({ words }) => ({ sign: '+', words, becomes: fresh }))
  const pairs = taken(was, now)
  const stays = new Set(pairs.values())
  const goOn = now.map(({ hash, words }): Verdict => {
    const own = pairs.get(hash)
    if (own === undefined) return { sign: '+', words, becomes: 'computed from the state it is put over' }
    const isOwn = own.hash === hash
    return { sign: '=', words, becomes: isOwn ? kept : `${kept}, of another schema` }
  })
  const gone = was.filter(each => !stays.has(each))
  return [...goOn, ...gone.map(({ words }): Verdict => ({ sign: '-', words, becomes: 'dropped' }))]
}

function sinkVerdicts(saved: Meta, outputs: readonly Output[], branches: readonly Branch[]): readonly Verdict[] {
  const before = saved.branches.flatMap(each => each.outputs)
  const tables = new Set(before.map(each => JSON.stringify([each.sink, each.table])))
  const told = branches.flatMap(({ saved: was, outputs: numbers, grafted }) =>
    numbers.map((i): Verdict => {
      const output = outputs[i] as Output
      const words = `sink ${sinkName(output)} (${output.mode})`
      if (was === undefined) return { sign: '+', words, becomes: 'gets everything from the beginning' }
      const isTold = was.outputs.some(each => each.sink === sinkName(output) && each.after !== undefined)
      if (grafted.includes(i) && !isTold)
        return { sign: '+', words, becomes: 'gets everything, from the state it is put over' }
      const same = tables.has(JSON.stringify([sinkName(output), tableHash(output.node)]))
      if (same) return { sign: '=', words, becomes: 'goes on' }
      return { sign: '~', words, becomes: 'rows to come are those of the new query; what is written stays' }
    }),
  )
  const names = new Set(outputs.map(sinkName))
  const gone = before.filter(each => !names.has(each.sink))
  const left = gone.map(
    (each): Verdict => ({ sign: '-', words: `sink ${each.sink} (${each.mode})`, becomes: 'gets nothing any more' }),
  )
  return [...told, ...left]
}

/** Something is computed from the beginning, or given up. */
export function needsConsent({ verdicts }: Evolution): boolean {
  return verdicts.some(({ sign, words }) => sign === '+' || (sign === '-' && !words.startsWith('sink ')))
}

export const isSame = ({ verdicts }: Evolution): boolean => verdicts.every(each => each.sign === '=')

/** A line a part, aligned. */
export function diffText({ verdicts }: Evolution): string {
  const width = Math.min(70, Math.max(0, ...verdicts.map(each => each.words.length)))
  return verdicts.map(({ sign, words, becomes }) => `  ${sign} ${words.padEnd(width)}  ${becomes}`).join('\n')
}
