// `WITH (connector = 'files', path = 'in')`: names and constants. Law: a value is data; what it means is its reader's
// business, and it is never parsed as SQL.
import type { Node } from '../parser.ts'
import { invalid } from '../refuse.ts'
import { textOf } from '../tree.ts'

export interface Option {
  readonly value: string
  /** Where it stands. */
  readonly byte: number | undefined
}

export type Options = ReadonlyMap<string, Option>

export function optionsOf(list: readonly Node[] | undefined, text: string): Options {
  const options = new Map<string, Option>()
  for (const each of list ?? []) {
    if (!('DefElem' in each)) continue
    const { defname = '', arg, location } = each.DefElem
    const value = arg === undefined ? 'true' : constantOf(arg)
    if (value === undefined)
      return invalid(text, location, `the value of ${defname} is no constant`, `write ${defname} = 'text'`)
    if (options.has(defname)) return invalid(text, location, `${defname} is given twice`, 'give it once')
    options.set(defname, { value, byte: location })
  }
  return options
}

/** A constant as its text; undefined: it is something else. */
export function constantOf(node: Node): string | undefined {
  if ('Integer' in node) return String(node.Integer.ival ?? 0)
  if ('Float' in node) return node.Float.fval ?? '0'
  if ('Boolean' in node) return String(node.Boolean.boolval === true)
  if ('TypeName' in node) return textOf(node.TypeName.names?.at(-1))
  if ('A_Const' in node) return literalOf(node.A_Const)
  return textOf(node)
}

function literalOf({ ival, fval, boolval, sval }: Extract<Node, { A_Const: unknown }>['A_Const']): string | undefined {
  if (ival !== undefined) return String(ival.ival ?? 0)
  if (fval !== undefined) return fval.fval
  if (boolval !== undefined) return String(boolval.boolval === true)
  return sval === undefined ? undefined : (sval.sval ?? '')
}
