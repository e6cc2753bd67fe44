// Each row into its window (or windows) of event time: adds the struct column `window`.
import { showDuration } from '../../base/index.ts'
import type { Json } from '../../data/index.ts'
import { canonical, type Expr, show } from '../../expr/index.ts'
import { type Field, field, globalType, type Schema, windowType } from '../../types/index.ts'
import type { Window, WindowShape } from '../node.ts'
import { unique } from './fields.ts'
import { type NodeKind, namesIn, oneInput } from './kind.ts'
import { json, list } from './texts.ts'

export const window: NodeKind<Window> = {
  ...oneInput,
  schema: (node, of) =>
    unique([...passed(node, of(node.input)), field('window', node.shape.kind === 'global' ? globalType : windowType)]),
  properties: ({ shape, accept }, { keys }) => ({
    keys: shape.kind === 'sliding' || shape.kind === 'cumulating' ? keys && [...keys, 'window'] : keys,
    window: {
      column: 'window',
      size: 'size' in shape ? shape.size : undefined,
      merges: shape.kind === 'session',
      isEndless: shape.kind === 'global',
      accept,
    },
  }),
  parts: ({ time, shape, accept }) => [list(...time.path, String(time.shift)), json(shapeJson(shape)), String(accept)],
  words: node => `window ${windowText(node)}`,
  needs: ({ input, time, shape }, wanted) => {
    const own = namesIn(Object.values(shape).filter((each): each is Expr => typeof each === 'object'))
    return [[input, [...[...wanted].filter(each => each !== 'window'), ...time.path.slice(0, 1), ...own]]]
  },
}

/** The columns it passes on: a window whose end is the event time makes room for the new one. */
const passed = ({ time }: Window, { fields }: Schema): readonly Field[] =>
  time.path[0] === 'window' ? fields.filter(each => each.name !== 'window') : fields

function shapeJson(shape: WindowShape): Json {
  const text = (value: string | bigint | Expr): string => (typeof value === 'object' ? canonical(value) : String(value))
  return Object.fromEntries(Object.entries(shape).map(([key, value]) => [key, text(value)]))
}

function windowText({ shape, accept }: Window): string {
  const offset = 'offset' in shape && shape.offset !== 0n ? `, offset ${showDuration(shape.offset)}` : ''
  return `${shapeText(shape)}${offset}${accept === 0n ? '' : `, accept ${showDuration(accept)}`}`
}

function shapeText(shape: WindowShape): string {
  if (shape.kind === 'global') return 'global'
  if (shape.kind === 'own') return `from ${show(shape.start)} to ${show(shape.end)}`
  if (shape.kind === 'session')
    return typeof shape.until === 'bigint'
      ? `session ${showDuration(shape.until)}`
      : `session until ${show(shape.until)}`
  const size = showDuration(shape.size)
  if (shape.kind === 'tumbling') return `tumbling ${size}`
  return `${shape.kind} ${size} every ${showDuration(shape.kind === 'sliding' ? shape.slide : shape.step)}`
}
