// Each row into its window (or windows) of event time: adds the struct column `window`.
import { showDuration } from '../../base/index.ts'
import type { Json } from '../../data/index.ts'
import { field, windowType } from '../../types/index.ts'
import type { Window, WindowShape } from '../node.ts'
import { unique } from './fields.ts'
import { type NodeKind, oneInput } from './kind.ts'
import { json, list } from './texts.ts'

export const window: NodeKind<Window> = {
  ...oneInput,
  schema: (node, of) => unique([...of(node.input).fields, field('window', windowType)]),
  properties: ({ shape, accept }, { keys }) => ({
    keys: shape.kind === 'tumbling' ? keys : keys && [...keys, 'window'],
    window: { column: 'window', size: shape.size, accept },
  }),
  parts: ({ time, shape, accept }) => [list(...time.path, String(time.shift)), json(shapeJson(shape)), String(accept)],
  words: node => `window ${windowText(node)}`,
  needs: ({ input, time }, wanted) => [
    [input, [...[...wanted].filter(each => each !== 'window'), time.path[0] as string]],
  ],
}

function shapeJson(shape: WindowShape): Json {
  return Object.fromEntries(Object.entries(shape).map(([key, value]) => [key, String(value)]))
}

function windowText({ shape, accept }: Window): string {
  const size = showDuration(shape.size)
  const form = shape.kind === 'tumbling' ? `tumbling ${size}` : `sliding ${size} every ${showDuration(shape.slide)}`
  const offset = shape.offset === 0n ? '' : `, offset ${showDuration(shape.offset)}`
  return `${form}${offset}${accept === 0n ? '' : `, accept ${showDuration(accept)}`}`
}
