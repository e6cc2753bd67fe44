// Assertions stay on in production: a wrong answer costs more than a comparison.
import { fail } from './errors.ts'

/** Stop with ASSERTION unless `condition` holds. `reason` says which contract is broken. */
export function assert(condition: boolean, reason: string): asserts condition {
  if (!condition) fail('ASSERTION', { reason })
}

/** For the end of an exhaustive switch: does not compile while a case is missing. */
export function unreachable(value: never): never {
  fail('ASSERTION', { reason: `unexpected ${JSON.stringify(value)}` })
}
