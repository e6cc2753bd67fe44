// Each window's result once, when it is final: append-only. Of window functions in the order of event time: each row, when
// the watermark has passed it.
import { fail } from '../../base/index.ts'
import type { Final, Node } from '../node.ts'
import type { NodeKind } from './kind.ts'
import { over, timelyState, waitsForRows } from './over.ts'

export const final: NodeKind<Final> = {
  inputs: ({ input, isTimely }) => [isTimely ? input.input : input],
  over(node, [input]) {
    if (node.isTimely) return Object.freeze({ ...node, input: Object.freeze({ ...node.input, input: input as Node }) })
    if (input?.kind !== 'aggregate' && input?.kind !== 'rank' && input?.kind !== 'over')
      return fail('ASSERTION', { reason: `an aggregate was replaced by a ${input?.kind}` })
    return Object.freeze({ ...node, input })
  },
  schema: (node, of) => of(node.input),
  properties({ input, isTimely }, base, of) {
    if (!isTimely || input.kind !== 'over') return { appendOnly: true, state: of(input).state }
    return {
      // A row that waits for others may be told long after the watermark has passed it; one that waits for its range's
      // end holds the watermark back by as much.
      eventTime: waitsForRows(input) ? undefined : base.eventTime,
      window: undefined,
      state: timelyState(input, base),
    }
  },
  parts: ({ input, isTimely }) => (isTimely && input.kind === 'over' ? over.parts(input, canonicalOnly) : []),
  words: ({ input, isTimely }) => (isTimely && input.kind === 'over' ? `final ${over.words(input)}` : 'final'),
  needs: ({ input, isTimely }, _wanted, all) => {
    const read = isTimely ? input.input : input
    return [[read, all(read)]]
  },
}

/** Window functions have no plans within them. */
const canonicalOnly = (): string => fail('ASSERTION', { reason: 'a plan within window functions' })
