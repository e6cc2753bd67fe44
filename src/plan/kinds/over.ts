// Window functions: the columns of the input, then one per function.
import { canonical, show, typeOf, typeOfAggregate } from '../../expr/index.ts'
import { checkedName, type Field, field, type Schema, scalars } from '../../types/index.ts'
import type { Over, OverCall, OverFrame } from '../node.ts'
import type { Bound, Properties, WindowProperty } from '../properties.ts'
import { unique } from './fields.ts'
import { boundOfOpen, FINITE, type NodeKind, oneInput } from './kind.ts'
import { passWindow } from './passing.ts'
import { list, name, namedText, names } from './texts.ts'

export const over: NodeKind<Over> = {
  ...oneInput,
  schema(node, of): Schema {
    const input = of(node.input)
    return unique([...input.fields, ...node.calls.map(each => fieldOf(each, input))])
  },
  properties(node, base) {
    const window = passWindow(node.per, base.window)
    return {
      appendOnly: false,
      // A row may be taken back long after its time, unless its group went with its window.
      eventTime: window === undefined ? undefined : base.eventTime,
      window,
      state: stateOf(base, window),
    }
  },
  parts: node => [
    ...node.per.map(namedText),
    '|',
    ...node.keys.map(each => list(canonical(each.expr), String(each.descending), each.nulls)),
    frameText(node.frame),
    ...node.calls.map(each => list(each.name, each.fn, String(each.n), ...each.args.map(canonical))),
  ],
  words(node) {
    const order = node.keys.map(each => `${show(each.expr)}${each.descending ? ' desc' : ''}`).join(', ')
    const calls = node.calls
      .map(each => `${name(each.name)} = ${each.fn}(${each.args.map(show).join(', ')})`)
      .join(', ')
    const per = node.per.length === 0 ? '' : ` per ${names(node.per)}`
    return `over${per}${order === '' ? '' : ` by ${order}`}, ${frameText(node.frame)}: ${calls}`
  },
  // Ties are broken by all columns.
  needs: (node, _wanted, all) => [[node.input, all(node.input)]],
  stateFix: "cut time into windows: .window({ tumbling: '1 hour' }).over({ per: ['user', 'window'], … })",
}

/** The whole group's rows are needed for as long as one may change. */
function stateOf(base: Properties, window: WindowProperty | undefined): Bound {
  if (base.bounded) return FINITE
  return window === undefined ? base.size : boundOfOpen(window)
}

const DOUBLES: ReadonlySet<string> = new Set(['percent_rank', 'cume_dist'])
const WHOLE: ReadonlySet<string> = new Set(['row_number', 'rank', 'dense_rank', 'ntile', 'count'])

function fieldOf({ name: to, fn, args }: OverCall, input: Schema): Field {
  checkedName(to)
  if (DOUBLES.has(fn)) return field(to, scalars.double)
  if (WHOLE.has(fn)) return field(to, scalars.int)
  const [argument] = args
  if (argument === undefined) return field(to, scalars.int)
  const taken = fn === 'lag' || fn === 'lead' || fn.endsWith('_value')
  const { type } = taken ? typeOf(argument, [input]) : typeOfAggregate(aggregateCall(fn, args), [input], true)
  return field(to, type, true)
}

/** The aggregate that a function is, over its frame. */
export function aggregateCall(fn: string, args: OverCall['args']) {
  return { fn, args, distinct: false, filter: undefined, params: [], user: undefined }
}

function frameText({ mode, from, to, exclude }: OverFrame): string {
  const less = exclude === undefined ? '' : ` without ${exclude}`
  return `${mode} ${from ?? 'unbounded'} to ${to ?? 'unbounded'}${less}`
}
