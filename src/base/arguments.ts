// Callers without types may give anything anywhere. What a public function needs of an argument is checked where it
// comes in, so that the mistake is told with what to write, and not met later as a TypeError.
import { excerpt, fail } from './errors.ts'

/** What a value is, for a message: nothing that it holds is called. */
export function describeValue(value: unknown): string {
  if (value === null || value === undefined || typeof value === 'boolean') return String(value)
  if (typeof value === 'string') return `'${excerpt(value, 40)}'`
  if (typeof value === 'number' || typeof value === 'symbol') return String(value)
  if (typeof value === 'bigint') return `${value}n`
  if (typeof value === 'function') return 'a function'
  return Array.isArray(value) ? 'an array' : 'an object'
}

/** Options as an object: the defaults (if there are any) when they are left out; anything else is BAD_ARGUMENT. */
export function optionsFor<O extends object>(of: string, options: O | undefined, fix: string, defaults?: O): O {
  if (options === undefined && defaults !== undefined) return defaults
  if (options === null || typeof options !== 'object' || Array.isArray(options))
    badArgument(of, 'options', options, fix)
  return options
}

/** A text that is not empty, or BAD_ARGUMENT. */
export function textFor(of: string, argument: string, value: unknown, fix: string): string {
  return typeof value === 'string' && value !== '' ? value : badArgument(of, argument, value, fix)
}

/** A number, or BAD_ARGUMENT; its range is the caller's business. */
export function numberFor(of: string, argument: string, value: unknown, fix: string): number {
  return typeof value === 'number' && !Number.isNaN(value) ? value : badArgument(of, argument, value, fix)
}

/** An AbortSignal or nothing. */
export function signalFor(of: string, signal: AbortSignal | undefined): AbortSignal | undefined {
  if (signal === undefined || typeof signal?.addEventListener === 'function') return signal
  return badArgument(of, 'signal', signal, 'pass the signal of an AbortController')
}

export function badArgument(of: string, argument: string, given: unknown, fix: string): never {
  return fail('BAD_ARGUMENT', { of, argument, given: describeValue(given), fix })
}
