// Law 8 for single values: every function of the registry, every operator, every cast, over samples and NULL, gives PostgreSQL's
// text or is refused by both. What PostgreSQL has not is passed over; differences that have a reason stand in facts/known.ts.
import assert from 'node:assert/strict'
import { after, describe, test } from 'node:test'
import { millrace } from '../../src/index.ts'
import { ourAnswers, type Told, theirAnswers } from './facts/ask.ts'
import { callFacts, type Fact, formFacts } from './facts/calls.ts'
import { castFacts, textFacts } from './facts/casts.ts'
import { reasonFor } from './facts/known.ts'
import { postgres } from './support/postgres.ts'

const MOST = 16
const AT_ONCE = 40

const oracle = await postgres()
const m = await millrace({ dir: false })
after(() => oracle.close())
after(() => m[Symbol.asyncDispose]())

/** What a side has not is no answer: PostgreSQL's undefined function and undefined operator, no cast. */
const MISSING = new Set(['42883', '42846', '42725', '42704', '42804'])

const isSame = (ours: Told, theirs: Told): boolean =>
  'refused' in ours || 'refused' in theirs
    ? 'refused' in ours && 'refused' in theirs
    : ours.value === theirs.value || sameNumber(ours.value, theirs.value)

/** Doubles to 12 digits. */
function sameNumber(a: string | null, b: string | null): boolean {
  if (a === null || b === null || !/^-?[\d.]+(e[-+]\d+)?$/.test(a)) return false
  return Number(a).toPrecision(12) === Number(b).toPrecision(12) && /[.e]\d{6}|e/.test(a + b)
}

interface Difference extends Fact {
  readonly ours: Told
  readonly theirs: Told
}

async function differences(facts: readonly Fact[]): Promise<{ asked: number; found: readonly Difference[] }> {
  const theirs = await theirAnswers(
    oracle,
    facts.map(each => each.text),
  )
  const asked = facts.flatMap((fact, i) => {
    const told = theirs[i] as Told
    return 'refused' in told && MISSING.has(told.refused) ? [] : [{ ...fact, theirs: told }]
  })
  const found: Difference[] = []
  // Those that PostgreSQL refuses are asked one by one: they would spoil the others.
  const ordered = asked.toSorted((a, b) => Number('refused' in a.theirs) - Number('refused' in b.theirs))
  for (let at = 0; at < ordered.length; ) {
    const size = 'refused' in (ordered[at] as Difference).theirs ? 1 : AT_ONCE
    const part = ordered.slice(at, at + size)
    const ours = await ourAnswers(
      m,
      part.map(each => each.text),
    )
    for (const [i, each] of part.entries())
      if (!isSame(ours[i] as Told, each.theirs)) found.push({ ...each, ours: ours[i] as Told })
    at += size
  }
  return { asked: asked.length, found }
}

const shown = (told: Told): string => ('refused' in told ? `refused ${told.refused}` : (told.value ?? 'null'))

describe('facts', () => {
  const kinds: readonly (readonly [string, readonly Fact[]])[] = [
    ['functions and operators', callFacts(MOST)],
    ['forms', formFacts(Math.ceil(MOST / 2))],
    ['casts of texts', textFacts()],
    ['casts', castFacts(MOST)],
  ]
  for (const [name, facts] of kinds) {
    test(name, async t => {
      const { asked, found } = await differences(facts)
      const unknown = found.filter(
        each => reasonFor(each.about, each.text, shown(each.ours), shown(each.theirs)) === undefined,
      )
      t.diagnostic(
        `${asked} statements of ${facts.length} have an answer in PostgreSQL; ${found.length} differ for a known reason`,
      )
      const lines = unknown.map(
        each => `${each.about}: ${each.text}\n  ours ${shown(each.ours)}\n  PostgreSQL ${shown(each.theirs)}`,
      )
      assert.equal(lines.length, 0, `\n${lines.join('\n')}`)
    })
  }
})
