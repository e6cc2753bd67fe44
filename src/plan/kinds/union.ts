// Union all; columns by position, names of the first.
import { column } from '../../expr/index.ts'
import { field, schemaOf, widerType } from '../../types/index.ts'
import type { Moment, Node, Union } from '../node.ts'
import type { Properties } from '../properties.ts'
import type { NodeKind } from './kind.ts'

export const union: NodeKind<Union> = {
  inputs: node => node.inputs,
  over: (node, inputs) => Object.freeze({ ...node, inputs: Object.freeze([...inputs]) }),
  schema(node, of) {
    const [first, ...rest] = node.inputs.map(of) as [ReturnType<typeof of>, ...ReturnType<typeof of>[]]
    const fields = first.fields.map((each, i) => {
      const nullable = each.nullable || rest.some(other => other.fields[i]?.nullable === true)
      const type = rest.reduce((wide, other) => widerType(wide, other.fields[i]?.type ?? wide), each.type)
      return field(each.name, type, nullable)
    })
    return schemaOf(fields)
  },
  properties(node, _inherited, of) {
    const inputs = node.inputs.map(of)
    const [first] = inputs as [Properties, ...Properties[]]
    const at = place(first)
    return {
      appendOnly: inputs.every(each => each.appendOnly),
      keys: undefined,
      eventTime: at !== undefined && inputs.every(each => place(each) === at) ? first.eventTime : undefined,
      window: undefined,
      size: (inputs.find(each => each.size.class === 'unbounded') ?? first).size,
    }
  },
  parts: () => [],
  words: () => 'union',
  needs: (node, wanted, all) => node.inputs.map(input => [input, atPlaces(node, input, wanted, all)]),
  narrow: narrowed,
}

/** Where a table's event time is, whatever its columns are called. */
export function place({ schema, eventTime }: Properties): string | undefined {
  if (eventTime === undefined) return undefined
  const [name, ...rest] = (eventTime satisfies Moment).path
  const at = schema.fields.findIndex(each => each.name === name)
  return [at, ...rest, eventTime.shift].join(' ')
}

/** The names that an input of a union has at the wanted places. */
function atPlaces(
  node: Union,
  input: Node,
  wanted: ReadonlySet<string>,
  all: (node: Node) => readonly string[],
): readonly string[] {
  const theirs = all(input)
  const names = all(node).flatMap((each, i) => (wanted.has(each) ? [theirs[i] as string] : []))
  return names.length > 0 ? names : theirs.slice(0, 1)
}

/** Columns of a union go by place: every input gives exactly the wanted ones. */
function narrowed(node: Union, wanted: ReadonlySet<string>, was: Union, all: (node: Node) => readonly string[]): Union {
  const inputs = node.inputs.map((input, i) => {
    const names = atPlaces(was, was.inputs[i] as Node, wanted, all)
    const have = all(input)
    if (have.length === names.length && have.every((each, k) => each === names[k])) return input
    const columns = Object.freeze(names.map(each => ({ name: each, expr: column(each) })))
    return Object.freeze({ kind: 'select' as const, input, columns })
  })
  return inputs.every((each, i) => each === node.inputs[i])
    ? node
    : Object.freeze({ ...node, inputs: Object.freeze(inputs) })
}
