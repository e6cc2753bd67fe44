// GROUP BY as sets of keys: plain keys are one set; ROLLUP, CUBE and GROUPING SETS are several, and those that stand beside
// one another are combined, each with each.
import { type Expr, sameExpr } from '../expr/index.ts'
import type { Block } from './block.ts'
import type { GroupingSet, Node } from './parser.ts'
import { unsupported } from './refuse.ts'
import { locationOf } from './tree.ts'

/** A key of GROUP BY, and where it stands. */
export interface GroupKey {
  readonly expr: Expr
  readonly byte: number | undefined
}

export interface Grouping {
  /** Every key once. */
  readonly keys: readonly GroupKey[]
  /** Which keys are in each set; undefined: all keys are one set. */
  readonly sets: readonly (readonly GroupKey[])[] | undefined
}

/** As many as PostgreSQL takes. */
const MOST_CUBED = 12
const MOST_SETS = 4096

/** @param keyOf binds a key. `distinct`: GROUP BY DISTINCT tells equal sets once. */
export function groupingOf(
  list: readonly Node[],
  keyOf: (node: Node) => GroupKey,
  distinct: boolean,
  block: Block,
): Grouping {
  const all: GroupKey[] = []
  const known = (node: Node): GroupKey => {
    const key = keyOf(node)
    const same = all.find(each => sameExpr(each.expr, key.expr))
    if (same !== undefined) return same
    all.push(key)
    return key
  }
  const parts = list.map(each => setsOf(each, known, block))
  if (parts.every(each => each.length === 1) && !list.some(isEmpty)) return { keys: all, sets: undefined }
  const sets = parts.reduce<readonly (readonly GroupKey[])[]>(
    (sums, part) =>
      checked(
        list[0],
        sums.flatMap(a => part.map(b => [...new Set([...a, ...b])])),
        block,
      ),
    [[]],
  )
  return { keys: all, sets: distinct ? differentSets(sets) : sets }
}

const isEmpty = (node: Node): boolean => 'GroupingSet' in node && node.GroupingSet.kind === 'GROUPING_SET_EMPTY'

type Sets = readonly (readonly GroupKey[])[]

function setsOf(node: Node, keyOf: (node: Node) => GroupKey, block: Block): Sets {
  if (!('GroupingSet' in node)) return [elementOf(node, keyOf)]
  const { kind, content = [] } = node.GroupingSet as GroupingSet
  switch (kind) {
    case 'GROUPING_SET_ROLLUP': {
      const elements = content.map(each => elementOf(each, keyOf))
      return [...elements.map((_, i) => elements.slice(0, elements.length - i).flat()), []]
    }
    case 'GROUPING_SET_CUBE':
      if (content.length > MOST_CUBED)
        return unsupported(
          block.query.text,
          locationOf(content[0]),
          `a CUBE of ${content.length}`,
          `at most ${MOST_CUBED}`,
        )
      return cubeOf(content.map(each => elementOf(each, keyOf)))
    case 'GROUPING_SET_SETS':
      return content.flatMap(each => setsOf(each, keyOf, block))
    default:
      return [[]]
  }
}

/** Every combination, those with the first element first. */
function cubeOf([first, ...others]: Sets): Sets {
  if (first === undefined) return [[]]
  const rest = cubeOf(others)
  return [...rest.map(set => [...first, ...set]), ...rest]
}

/** One key, or several in parentheses that come and go together. */
function elementOf(node: Node, keyOf: (node: Node) => GroupKey): readonly GroupKey[] {
  if ('RowExpr' in node && node.RowExpr.row_format === 'COERCE_IMPLICIT_CAST')
    return (node.RowExpr.args ?? []).map(keyOf)
  return [keyOf(node)]
}

function checked(node: Node | undefined, sets: Sets, block: Block): Sets {
  if (sets.length <= MOST_SETS) return sets
  return unsupported(block.query.text, locationOf(node), `${sets.length} grouping sets`, `at most ${MOST_SETS}`)
}

function differentSets(sets: Sets): Sets {
  const isSame = (a: readonly GroupKey[], b: readonly GroupKey[]): boolean =>
    a.length === b.length && a.every(each => b.includes(each))
  return sets.filter((set, i) => sets.findIndex(each => isSame(each, set)) === i)
}
