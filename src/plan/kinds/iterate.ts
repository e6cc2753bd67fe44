// An iteration: a step that is applied round after round to the tables it makes. The plan of the step lies within the node,
// over variables, so that what walks over plans sees a DAG; a variable that is met outside of its iteration is refused.
import type { Iterate, Node, Variable } from '../node.ts'
import { bound, FINITE, NONE, type NodeKind } from './kind.ts'
import { list, schemaText } from './texts.ts'

export const variable: NodeKind<Variable> = {
  inputs: () => [],
  over: node => node,
  schema: node => node.schema,
  properties: node => ({
    appendOnly: node.appendOnly,
    keys: node.keys,
    eventTime: undefined,
    bounded: true,
    window: undefined,
    state: NONE,
    size: FINITE,
    opaque: [],
    replayable: true,
  }),
  parts: node => [String(node.number), schemaText(node.schema)],
  words: node => `table ${node.number + 1} of the iteration`,
  needs: () => [],
  refuse: () => ({ code: 'ITERATION_VARIABLE', params: {} }),
}

export const iterate: NodeKind<Iterate> = {
  inputs: node => node.inputs,
  over: (node, inputs) => Object.freeze({ ...node, inputs: Object.freeze([...inputs]) }),
  schema: node => (node.variables[0] as Variable).schema,
  properties(node, { bounded }, of) {
    const endless = node.inputs.find(each => of(each).size.class === 'unbounded')
    const state = bounded
      ? FINITE
      : endless === undefined
        ? bound('keys', '≤ changes from round to round')
        : bound('unbounded', 'UNBOUNDED (it keeps the rows of its inputs)')
    return {
      appendOnly: false,
      // The result is what the step makes, in whatever round.
      keys: of(node.next[0] as Node).keys,
      eventTime: undefined,
      window: undefined,
      state,
      size: bounded ? FINITE : state,
    }
  },
  parts: (node, hash) => [
    String(node.maxRounds),
    String(node.converges),
    ...node.next.map(hash),
    '|',
    node.until === undefined ? '' : hash(node.until),
    ...node.variables.map(each => list(String(each.number), schemaText(each.schema))),
  ],
  words({ verb, maxRounds, converges, until }) {
    const end = until === undefined ? (converges ? ', until nothing changes' : '') : ', until a table is empty'
    return `${verb}${end}, ${converges ? 'at most ' : ''}${maxRounds} rounds`
  },
  needs: (node, _wanted, all) => node.inputs.map(input => [input, all(input)]),
  within: ({ next, until }) => [
    ...next.map(each => ['step', each] as const),
    ...(until === undefined ? [] : [['until', until] as const]),
  ],
  stateFix: 'aggregate in windows and take .final() before, or say { unbounded: true } if the inputs stay small',
}
