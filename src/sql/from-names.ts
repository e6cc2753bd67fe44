// Each table of FROM has a name of its own: what stands twice could not be told apart. A join under a name hides those in it.
import type { Node } from './parser.ts'
import { invalid } from './refuse.ts'
import { itemsOf, locationOf, textOf } from './tree.ts'

/** SQL_INVALID where two tables have one name. */
export function checkTableNames(items: readonly Node[], text: string): void {
  namesOf(items, text)
}

function namesOf(items: readonly Node[], text: string): ReadonlySet<string> {
  const all = new Set<string>()
  for (const item of items)
    for (const name of namesIn(item, text)) {
      if (all.has(name))
        invalid(
          text,
          locationOf(item),
          `table name "${name}" specified more than once`,
          `give one another: ${name} AS t`,
        )
      all.add(name)
    }
  return all
}

function namesIn(item: Node, text: string): Iterable<string> {
  if ('RangeVar' in item) return [item.RangeVar.alias?.aliasname ?? (item.RangeVar.relname ?? '').trimEnd()]
  if ('RangeSubselect' in item) return known(item.RangeSubselect.alias?.aliasname)
  if ('RangeFunction' in item) {
    const { alias, functions = [] } = item.RangeFunction
    const [call] = functions.flatMap(itemsOf)
    const own = call !== undefined && 'FuncCall' in call ? textOf(call.FuncCall.funcname?.at(-1)) : undefined
    return known(alias?.aliasname ?? own)
  }
  if (!('JoinExpr' in item)) return []
  const { larg, rarg, alias } = item.JoinExpr
  const within = namesOf(
    [larg, rarg].filter(each => each !== undefined),
    text,
  )
  return alias?.aliasname === undefined ? within : [alias.aliasname]
}

const known = (name: string | undefined): readonly string[] => (name === undefined ? [] : [name])
