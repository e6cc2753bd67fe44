// A node:test reporter that leaves the counts of a run, and what tests said by t.diagnostic, as one line of JSON.

import type { EventData } from 'node:test'

export interface Counts {
  readonly passed: number
  readonly failed: number
  readonly skipped: number
}

export interface Summary {
  readonly counts: Counts
  readonly notes: readonly string[]
}

interface Event {
  readonly type: string
  readonly data: unknown
}

/** node:test ends with its own counts as diagnostics; they are in the counts already. */
const ownDiagnostic = /^(?:tests|suites|pass|fail|cancelled|skipped|todo|duration_ms) [\d.]+$/

/** The event for the whole run is the one without a file. */
const isTotal = ({ type, data }: Event): boolean =>
  type === 'test:summary' && (data as EventData.TestSummary).file === undefined

type AllCounts = Record<'passed' | 'failed' | 'cancelled' | 'skipped' | 'todo', number>

const countsOf = ({ data }: Event): AllCounts => (data as { counts: AllCounts }).counts

export default async function* summaryReporter(events: AsyncIterable<Event>): AsyncGenerator<string> {
  const notes: string[] = []
  let counts: Counts = { passed: 0, failed: 1, skipped: 0 }
  for await (const event of events) {
    const { message } = event.data as { message?: string }
    if (event.type === 'test:diagnostic' && message !== undefined && !ownDiagnostic.test(message)) notes.push(message)
    if (!isTotal(event)) continue
    const { passed, failed, cancelled, skipped, todo } = countsOf(event)
    counts = { passed, failed: failed + cancelled, skipped: skipped + todo }
  }
  yield `${JSON.stringify({ counts, notes } satisfies Summary)}\n`
}
