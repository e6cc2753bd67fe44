// Whether a run whose query changed may begin: `onChange`, and what sources can still give.
import { fail } from '../base/index.ts'
import { fnv1a128, type Output } from '../plan/index.ts'
import { look } from './branches.ts'
import { diffText, type Evolution, evolve, isSame, type Meta, needsConsent, newBranch } from './evolution.ts'
import type { Input } from './input.ts'
import type { Positions } from './joining.ts'
import type { OpenJournal } from './journal.ts'

export type OnChange = 'ask' | 'backfill' | 'reject'
export const ON_CHANGE: readonly OnChange[] = ['ask', 'backfill', 'reject']

interface Asked {
  readonly outputs: readonly Output[]
  readonly onChange?: OnChange
  readonly confirm?: string | undefined
}

/** What becomes of a query that was saved; `saved` undefined: it begins. */
export function evolutionOf(
  saved: Meta | undefined,
  outputs: readonly Output[],
  committed: number,
  positions?: Positions,
): Evolution {
  if (saved !== undefined) return evolve(saved, outputs, committed, positions, look)
  const all = outputs.map((_, i) => i)
  return {
    branches: [
      newBranch(
        0,
        all,
        all.map(() => 0),
        committed,
      ),
    ],
    next: 1,
    verdicts: [],
    blocked: [],
  }
}

/** The same, refused if it may not be: QUERY_CHANGED, BACKFILL_REFUSED. */
export function changeOf(asked: Asked, journal: OpenJournal | undefined): Evolution {
  const stood = journal?.pending === undefined ? journal?.positions : undefined
  const change = evolutionOf(journal?.saved, asked.outputs, journal?.committed ?? 0, stood)
  if (isSame(change) || journal === undefined) return change
  const { onChange = 'ask', confirm } = asked
  const diff = diffText(change)
  if (onChange === 'reject') {
    const fix = `start the query as it was, or allow the change with onChange: 'ask' or 'backfill'; or ${anew(journal)}`
    fail('QUERY_CHANGED', { diff, fix })
  }
  const agreed = onChange === 'backfill' || confirm === numberOf(change)
  const blocked = change.blocked[0]
  if (agreed && blocked !== undefined) fail('BACKFILL_REFUSED', { diff, ...blocked })
  if (agreed || !needsConsent(change)) return change
  return fail('QUERY_CHANGED', { diff, fix: `${wayOut(change)}; or ${anew(journal)}` })
}

/** How to go on with what needs consent. */
export function wayOut(change: Evolution): string {
  const blocked = change.blocked[0]
  if (blocked !== undefined) return `${blocked.what} can not be brought up to date (${blocked.reason}): ${blocked.fix}`
  return `to agree, pass onChange: 'backfill' (millrace run --on-change backfill), or confirm: '${numberOf(change)}'`
}

const anew = ({ folder }: OpenJournal): string =>
  `run the changed query under a new id (it starts from the beginning), or remove ${folder} to give up its state`

/** Tells one difference from another: who saw this one may agree to it. */
const numberOf = (change: Evolution): string => fnv1a128(`${change.next}\n${diffText(change)}`).slice(0, 8)

/** New branches read their sources again: what was read of them once must still be there. */
export async function checkHistory(journal: OpenJournal | undefined, inputs: readonly Input[]): Promise<void> {
  if (journal === undefined) return
  const stood = Object.entries(journal.positions)
  for (const { plan, source } of inputs) {
    if (journal.positions[plan.key] !== undefined) continue
    for (const [key, { offset }] of stood) {
      if (hashOf(key) !== hashOf(plan.key) || offset === null) continue
      const reason = await source.history?.(offset, `${journal.folder}/inputs/${key}`)
      if (reason === undefined) continue
      const what = `the source ${plan.spec.kind} ${plan.spec.name}`
      const fix = 'bring back what is missing, or run the changed query under a new id: it starts with what is there'
      fail('BACKFILL_REFUSED', { diff: '', what, reason, fix })
    }
  }
}

const hashOf = (key: string): string => key.slice(0, 32)
