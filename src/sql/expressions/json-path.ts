// Parts of json by keys and numbers, each a step of a path.
import { call, type Expr, literal } from '../../expr/index.ts'
import { scalars } from '../../types/index.ts'
import { type Block, typeIn } from '../block.ts'
import { invalid } from '../refuse.ts'
import { coerce, isUnknown } from './coerce.ts'
import { word } from './json-made.ts'

/** `j['a']`, `j[0]`: a key is a text, and of an array a number too. */
export function jsonSubscript(of: Expr, at: Expr, block: Block): Expr {
  if (!isUnknown(block, at) && typeIn(block, at).type.kind === 'int') return call('json_get', of, at)
  const { type } = typeIn(block, at)
  if (!isUnknown(block, at) && type.kind !== 'string')
    return invalid(block.query.text, undefined, `a subscript of json is no ${type.kind}`, "write j['key'] or j[0]")
  return atPath(of, [at], 'json_path', block)
}

/** The part at these steps; `last` is the function that gives it. */
export function atPath(of: Expr, steps: readonly Expr[], last: string, block: Block): Expr {
  return steps.reduce<Expr>((from, each, i) => {
    const at = literalText(each) ?? call('array_out', call('list_of', coerce(block, each, scalars.string)))
    return call(i === steps.length - 1 ? last : 'json_path', from, at)
  }, of)
}

/** A step of a path that is a constant. */
function literalText(expr: Expr): Expr | undefined {
  if (expr.kind !== 'literal') return undefined
  if (expr.value === null) return literal(null, scalars.string)
  return word(`{"${String(expr.value).replaceAll(/["\\]/g, '\\$&')}"}`)
}
