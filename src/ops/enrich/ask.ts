// One question to the outside, with patience: a time for each try, and some more tries behind ever longer pauses. It never
// rejects: an answer for each row comes back, or the reason why there is none.
import { type Clock, MillraceError } from '../../base/index.ts'
import { show } from '../../data/index.ts'
import type { Answer } from './answers.ts'

export interface Patience {
  /** Milliseconds for a try. */
  readonly timeout: number
  /** Tries after the first. */
  readonly retries: number
  /** Milliseconds before the second try; it doubles with each. */
  readonly backoff: number
}

type Ask = (rows: readonly object[], signal: AbortSignal) => Promise<readonly unknown[]> | readonly unknown[]

export async function ask(
  fn: Ask,
  rows: readonly object[],
  patience: Patience,
  clock: Clock,
  stop: AbortSignal,
): Promise<readonly Answer[]> {
  for (let attempt = 0; ; attempt++) {
    try {
      return answersOf(await once(fn, rows, patience.timeout, clock, stop), rows.length)
    } catch (error) {
      if (attempt >= patience.retries || stop.aborted || isMistake(error))
        return rows.map(() => ({ error, added: undefined }))
      await clock.sleep(patience.backoff * 2 ** attempt, stop)
    }
  }
}

/** A result of the wrong shape is no better the next time. */
const isMistake = (error: unknown): boolean => error instanceof MillraceError && error.code === 'FUNCTION_RESULT'

async function once(
  fn: Ask,
  rows: readonly object[],
  timeout: number,
  clock: Clock,
  stop: AbortSignal,
): Promise<unknown> {
  const gaveUp = new AbortController()
  const answered = new AbortController()
  const signal = AbortSignal.any([stop, gaveUp.signal])
  const late = clock.sleep(timeout, AbortSignal.any([stop, answered.signal])).then(() => {
    if (answered.signal.aborted) return undefined
    const error = new MillraceError(stop.aborted ? 'CANCELLED' : 'LOOKUP_TIMEOUT', { timeout })
    gaveUp.abort(error)
    throw error
  })
  // The loser of the race may still fail, and nobody listens to it.
  late.catch(() => {})
  try {
    return await Promise.race([(async () => fn(rows, signal))(), late])
  } finally {
    answered.abort()
  }
}

function answersOf(result: unknown, rows: number): readonly Answer[] {
  if (!Array.isArray(result) || result.length !== rows)
    throw new MillraceError('FUNCTION_RESULT', {
      verb: 'enrich',
      given: Array.isArray(result) ? `${result.length} answers for ${rows} rows` : show(result),
      wanted: 'an array with an answer for each row, in order',
    })
  return result.map(answerOf)
}

function answerOf(given: unknown): Answer {
  if (given instanceof Error) return { error: given, added: undefined }
  if (given === null || given === undefined) return { error: undefined, added: {} }
  if (typeof given === 'object') return { error: undefined, added: given }
  const wrong = { verb: 'enrich', given: show(given), wanted: 'an object of columns, null, or an Error for each row' }
  return { error: new MillraceError('FUNCTION_RESULT', wrong), added: undefined }
}
