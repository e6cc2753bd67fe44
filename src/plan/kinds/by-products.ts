// Rows that were left out of a table: those that could not be decoded, those that came too late. They only come, and
// have no key.
import { fail } from '../../base/index.ts'
import { type Field, field, leaves, type Schema, scalars, schemaOf } from '../../types/index.ts'
import type { Errors, Late, Node, Timely } from '../node.ts'
import type { Properties } from '../properties.ts'
import { unique } from './fields.ts'
import { FINITE, type NodeKind, UNBOUNDED } from './kind.ts'

/** What `Table.errors` holds. */
export const errorsSchema: Schema = schemaOf([
  field('source', scalars.string),
  field('line', scalars.int, true),
  field('byte', scalars.int, true),
  field('column', scalars.string, true),
  field('code', scalars.string),
  field('reason', scalars.string),
  field('raw', scalars.string),
])

/** What `.late` adds to the columns of the row that came too late; null for rows without event time. */
const lateFields = (untimed: boolean): readonly Field[] => [
  field('reason', scalars.string),
  /** microseconds between the watermark and the row's event time */
  field('lateness', scalars.int, untimed),
  field('watermark', scalars.timestamp, untimed),
]

const leftOut = (bounded: boolean): Partial<Properties> => ({
  appendOnly: true,
  keys: undefined,
  eventTime: undefined,
  window: undefined,
  size: bounded ? FINITE : UNBOUNDED,
})

export const errors: NodeKind<Errors> = {
  inputs: node => [node.source],
  over(node, [source]) {
    if (source?.kind !== 'source') return fail('ASSERTION', { reason: `a source was replaced by a ${source?.kind}` })
    return Object.freeze({ ...node, source })
  },
  schema: () => errorsSchema,
  properties: (_node, inherited) => leftOut(inherited.bounded),
  parts: () => [],
  words: () => 'errors',
  // A column that is not decoded makes no row a bad one.
  needs: (node, _wanted, all) => [[node.source, all(node.source)]],
}

/** What leaves out rows that come too late. */
const TIMELY: readonly Node['kind'][] = ['aggregate', 'rank', 'over', 'final', 'dedup', 'join', 'asOf']

export const late: NodeKind<Late> = {
  inputs: node => [node.of],
  over(node, [of]) {
    if (of === undefined || !TIMELY.includes(of.kind))
      return fail('ASSERTION', { reason: `a ${node.of.kind} was replaced by a ${of?.kind}` })
    return Object.freeze({ ...node, of: of as Timely })
  },
  schema(node, of) {
    const input = lateInput(node)
    const { fields } = of(input)
    const untimed = lacksTime(node, of)
    // Rows without event time lie in no window.
    const own = untimed && input.kind === 'window' ? lastEmpty(fields) : fields
    return unique([...own, ...lateFields(untimed)])
  },
  properties: (_node, inherited) => leftOut(inherited.bounded),
  parts: ({ side }) => (side === 'left' ? [] : [side]),
  words: ({ side }) => (side === 'left' ? 'late' : 'late of the right'),
  needs: (node, _wanted, all) => [
    [node.of, all(node.of)],
    [lateInput(node), all(lateInput(node))],
  ],
}

/** Whether there are rows among them whose event time is null: joins keep those, and they meet nothing. */
function lacksTime(node: Late, of: (node: Node) => Schema): boolean {
  const input = lateInput(node)
  const isNull = (path: readonly string[], among: Schema): boolean =>
    leaves(among).some(each => each.nullable && each.path.join('.') === path.join('.'))
  if (input.kind === 'window') return isNull(input.time.path, of(input.input))
  if (node.of.kind === 'dedup') return node.of.time !== undefined && isNull(node.of.time.of.path, of(input))
  if (node.of.kind !== 'final' || !node.of.isTimely || node.of.input.kind !== 'over') return false
  const [first] = node.of.input.keys
  return first?.expr.kind === 'column' && isNull(first.expr.path, of(input))
}

const lastEmpty = (fields: readonly Field[]): readonly Field[] =>
  fields.map((each, i) => (i === fields.length - 1 ? field(each.name, each.type, true) : each))

/** Whose rows they are. */
export function lateInput({ of, side }: Late): Node {
  if (of.kind === 'join' || of.kind === 'asOf') return of[side]
  return of.kind === 'final' ? of.input.input : of.input
}
