// Law: the first SIGINT or SIGTERM asks for a graceful stop (finish the epoch), the second ends at once.
import type { EventEmitter } from 'node:events'

const SIGNALS = { SIGINT: 2, SIGTERM: 15 } as const

export interface SignalHandlers {
  graceful(signal: string): void
  /** Gets the exit code that shells expect: 128 + the signal's number. */
  immediate(exitCode: number): void
}

/** Listen for signals of the process until the returned function is called. */
export function onSignals(handlers: SignalHandlers, from: EventEmitter = process): () => void {
  let seen = 0
  const listeners = Object.entries(SIGNALS).map(([name, number]) => {
    const listener = () => {
      seen++
      if (seen === 1) handlers.graceful(name)
      else handlers.immediate(128 + number)
    }
    from.on(name, listener)
    return () => from.off(name, listener)
  })
  return () => {
    for (const stop of listeners) stop()
  }
}

/**
 * The first signal calls `close` and, when that is done, gives the signals back; a second one before that ends the
 * process with 130 or 143. Call what is returned to give them back earlier.
 */
export function closeOnSignals(close: () => Promise<void>): () => void {
  const release = onSignals({
    graceful: () => void close().finally(release),
    immediate: exitCode => process.exit(exitCode),
  })
  return release
}
