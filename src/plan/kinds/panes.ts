// The panes of a windowed aggregate: its results when a trigger fires.
import { fail, showDuration } from '../../base/index.ts'
import type { Firing } from '../../time/index.ts'
import { field, scalars, schemaOf } from '../../types/index.ts'
import type { Panes } from '../node.ts'
import { unique } from './fields.ts'
import { FINITE, type NodeKind, UNBOUNDED } from './kind.ts'

/** What is said of a pane. */
const about = schemaOf([
  field('paneIndex', scalars.int),
  field('paneTiming', scalars.string),
  field('isFirstPane', scalars.boolean),
  field('isLastPane', scalars.boolean),
])

export const panes: NodeKind<Panes> = {
  inputs: node => [node.input],
  over(node, [input]) {
    if (input?.kind !== 'aggregate')
      return fail('ASSERTION', { reason: `an aggregate was replaced by a ${input?.kind}` })
    return Object.freeze({ ...node, input })
  },
  schema: (node, of) => unique([...of(node.input).fields.slice(0, -1), ...about.fields]),
  properties: (node, { bounded, keys }, of) => ({
    appendOnly: node.accumulation !== 'retracting',
    keys: node.accumulation === 'retracting' ? keys : undefined,
    window: undefined,
    state: of(node.input).state,
    size: bounded ? FINITE : UNBOUNDED,
  }),
  parts: ({ firing, accumulation }) => [JSON.stringify(firing), accumulation],
  words: ({ firing, accumulation }) => `panes ${firingText(firing)}, ${accumulation}`,
  needs: (node, _wanted, all) => [[node.input, all(node.input)]],
}

const span = (ms: number): string => showDuration(BigInt(Math.round(ms * 1000)))

function firingText(firing: Firing): string {
  switch (firing.kind) {
    case 'rows':
      return `after ${firing.count} rows`
    case 'delay':
      return `after ${span(firing.ms)}`
    case 'ticks':
      return `every ${span(firing.ms)}`
    case 'all':
    case 'any':
    case 'each':
      return `${firing.kind} of (${firing.of.map(firingText).join(', ')})`
    case 'repeatedly':
      return `repeatedly (${firingText(firing.of)})${firing.until === undefined ? '' : ` until (${firingText(firing.until)})`}`
    case 'watermark': {
      const around = [['early', firing.early] as const, ['late', firing.late] as const]
      const texts = around.flatMap(([name, each]) => (each === undefined ? [] : [`${name} (${firingText(each)})`]))
      return ['at the watermark', ...texts].join(', ')
    }
  }
}
