// What most sinks don't need: spread it and add the rest.
import { fail } from '../base/index.ts'

export const plainSink = {
  pending: 0,
  async recover(): Promise<void> {},
  async begin(): Promise<void> {},
  async drain(): Promise<void> {},
  async prepare(): Promise<void> {},
  async commit(): Promise<void> {},
  async close(): Promise<void> {},
}

/** BAD_OPTION, in one line. */
export function badOption(option: string, of: string, reason: string, fix: string): never {
  return fail('BAD_OPTION', { option, of, reason, fix })
}
