// Makers of keyed functions and of what leaves them beside their rows.
import { describeValue, excerpt, fail } from '../../base/index.ts'
import { column } from '../../expr/index.ts'
import { type Schema, sameType, showType } from '../../types/index.ts'
import { ERRORS } from '../kinds/process.ts'
import type { Node, Process, ProcessFunctions, Side } from '../node.ts'
import { properties } from '../properties.ts'
import { schema } from '../schema.ts'
import { badVerb, checked, expectOrder, frozen, unknownColumn } from './checked.ts'

/** What a process is made of beside its input and key. */
export interface ProcessParts {
  readonly definition: ProcessFunctions
  readonly schema: Schema
  readonly sides?: readonly { readonly name: string; readonly schema: Schema }[]
  readonly initial?: Node | undefined
}

export function processOf(input: Node, keys: readonly string[], parts: ProcessParts): Process {
  const { definition, sides = [], initial } = parts
  const of = schema(input)
  expectKeys(keys, of)
  const { verb, order } = definition
  if (order === 'event time' && properties(input).eventTime === undefined)
    badVerb(verb, 'the table has no event time to order rows by', "name it when reading: { time: 'at' }")
  if (definition.groups?.timeout === 'event time' && properties(input).eventTime === undefined)
    badVerb(verb, 'the table has no event time for timeouts', "name it when reading: { time: 'at' }")
  if (sides.some(each => each.name === ERRORS))
    badVerb(verb, `an output can not be called ${ERRORS}`, 'the rows whose function threw have this name')
  if (initial !== undefined) expectInitial(schema(initial), keys, of, verb)
  return checked({
    kind: 'process',
    input,
    initial,
    keys: frozen(keys),
    definition: Object.freeze({ ...definition }),
    schema: parts.schema,
    sides: frozen(sides.map(each => Object.freeze({ ...each }))),
  })
}

/** Key columns: some, each of a type with equality. */
export function expectKeys(keys: readonly string[], of: Schema): void {
  if (keys.length === 0) badVerb('keyBy', 'there is no key', "name a column: keyBy('card')")
  for (const name of keys) {
    if (typeof name !== 'string')
      badVerb('keyBy', `${describeValue(name)} is not a name`, "name a column: keyBy('card')")
    if (!of.fields.some(each => each.name === name)) unknownColumn(name, of)
    expectOrder(column(name), [of], 'keyBy')
  }
}

/** The table of initial states has the key columns, of their types. */
function expectInitial(initial: Schema, keys: readonly string[], of: Schema, verb: string): void {
  for (const name of keys) {
    const mine = of.fields.find(each => each.name === name)
    const theirs = initial.fields.find(each => each.name === name)
    if (theirs === undefined)
      badVerb(verb, `the initial state has no column ${excerpt(name)}`, 'give it the columns of the key')
    if (mine !== undefined && !sameType(mine.type, theirs.type))
      badVerb(
        verb,
        `the key ${excerpt(name)} has type ${showType(mine.type)}, and ${showType(theirs.type)} in the initial state`,
        'cast one of them',
      )
  }
}

export function sideOf(of: Process, output: string): Side {
  if (!of.sides.some(each => each.name === output))
    fail('BAD_VERB', {
      verb: of.definition.verb,
      reason: `there is no output ${excerpt(output)}`,
      fix: 'declare it: outputs: { alerts: t.row({ … }) }',
    })
  return checked({ kind: 'side', of, output })
}

/** The rows whose function threw and that were skipped; undefined: the node skips none. */
export function skippedBy(node: Node): Side | undefined {
  const policy =
    node.kind === 'process'
      ? node.definition.onError
      : node.kind === 'apply' || node.kind === 'enrich'
        ? node.onError
        : ''
  return policy === 'skip' ? checked({ kind: 'side', of: node as Side['of'], output: ERRORS }) : undefined
}
