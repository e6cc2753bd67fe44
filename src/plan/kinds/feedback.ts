// A loop over a stream. Its step is linear, so what leaves only comes if the input only comes.
import type { Feedback } from '../node.ts'
import { bound, FINITE, type NodeKind, UNBOUNDED } from './kind.ts'
import { list, schemaText } from './texts.ts'

export const feedback: NodeKind<Feedback> = {
  inputs: node => node.inputs,
  over: (node, inputs) => Object.freeze({ ...node, inputs: Object.freeze([...inputs]) }),
  schema: (node, of) => of(node.output),
  properties: ({ output, inFlight }, { bounded }, of) => ({
    appendOnly: of(output).appendOnly,
    keys: undefined,
    eventTime: undefined,
    window: undefined,
    state: bound('keys', `≤ ${inFlight} rows in flight`),
    size: bounded ? FINITE : UNBOUNDED,
  }),
  parts: ({ output, again, variables }, hash) => [
    hash(output),
    hash(again),
    ...variables.map(each => list(String(each.number), schemaText(each.schema))),
  ],
  words: ({ inFlight, rounds }) => `feedback, at most ${inFlight} rows in flight, ${rounds} rounds an epoch`,
  needs: (node, _wanted, all) => node.inputs.map(input => [input, all(input)]),
  within: ({ output, again }) => [
    ['output', output],
    ['again', again],
  ],
}
