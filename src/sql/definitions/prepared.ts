// PREPARE, EXECUTE, DEALLOCATE: a statement under a name, and the values of its parameters.
import { type Expr, evaluateConstant, isConstant } from '../../expr/index.ts'
import { blockOf } from '../block.ts'
import { bind } from '../expressions/bind.ts'
import { frameOf } from '../frame-of.ts'
import type { Node, Script, Statement, TypeName } from '../parser.ts'
import type { Catalog } from '../query.ts'
import { invalid, unsupported } from '../refuse.ts'
import { locationOf } from '../tree.ts'

export type Preparing =
  | {
      readonly kind: 'prepare'
      readonly name: string
      /** The types of $1, $2 …, as far as they are said. */
      readonly types: readonly TypeName[]
      readonly of: Statement
    }
  | { readonly kind: 'execute'; readonly name: string; readonly args: readonly Node[] }
  /** Without a name: all. */
  | { readonly kind: 'deallocate'; readonly name: string | undefined }

export function preparingOf(tree: Node, { text }: Script): Preparing | undefined {
  if ('PrepareStmt' in tree) {
    const { name = '', argtypes = [], query } = tree.PrepareStmt
    if (query === undefined)
      return invalid(text, undefined, 'there is nothing to prepare', 'write PREPARE name AS SELECT …')
    const types = argtypes.flatMap(each => ('TypeName' in each ? [each.TypeName] : []))
    return { kind: 'prepare', name, types, of: { tree: query, text } }
  }
  if ('ExecuteStmt' in tree) {
    const { name = '', params = [] } = tree.ExecuteStmt
    return { kind: 'execute', name, args: params }
  }
  return 'DeallocateStmt' in tree ? { kind: 'deallocate', name: tree.DeallocateStmt.name } : undefined
}

/** The values of EXECUTE, as the parameters of a statement. */
export function argumentsOf(
  args: readonly Node[],
  types: readonly TypeName[],
  of: Statement,
  script: Script,
  catalog: Catalog,
): readonly Expr[] {
  const wanted = Math.max(types.length, highest(of.tree))
  if (args.length !== wanted)
    return invalid(
      script.text,
      locationOf(args[0]),
      `${args.length} values are given for ${wanted} parameters`,
      'give one for each',
    )
  const block = blockOf(frameOf(script, catalog, []).query)
  block.noAggregates = 'EXECUTE'
  block.noWindows = 'EXECUTE'
  return args.map((arg, i) => {
    const typeName = types[i]
    const made = bind(typeName === undefined ? arg : { TypeCast: { arg, typeName, location: -1 } }, block)
    if (isConstant(made)) return evaluateConstant(made)
    return unsupported(script.text, locationOf(arg), 'a value of EXECUTE that is no constant', 'write the value itself')
  })
}

/** The highest number of a parameter in a tree. */
function highest(tree: unknown): number {
  if (typeof tree !== 'object' || tree === null) return 0
  const own = 'ParamRef' in tree ? ((tree.ParamRef as { readonly number?: number }).number ?? 0) : 0
  return Math.max(own, ...Object.values(tree).map(highest))
}
