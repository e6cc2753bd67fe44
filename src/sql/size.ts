// How large a statement may be. The parser goes down its tree by recursion on a stack that is not ours to unwind (when it
// runs over, the parser is broken for good), so that what makes a tree deep is counted before it parses. Binding recurses
// too, and what a join costs grows with the columns of all tables before it. A statement beyond these bounds is refused
// at once.
import { fail } from '../base/index.ts'
import type { Node, Token } from './parser.ts'
import { place } from './place.ts'

/** Open parentheses, brackets and CASEs, one within another. */
const MOST_OPEN = 500
/** Words and signs behind one another without a comma, AND, OR or the beginning of a clause: `a + b + c` is five. */
const LONGEST_CHAIN = 4000
/** Joins and set operations: each holds all that stand before it. */
const MOST_COMBINED = 1500

const OPENING = new Set(['(', '[', 'case'])
const CLOSING = new Set([')', ']', 'end'])
const COMBINING = new Set(['join', 'union', 'intersect', 'except'])
/** What stands on both sides of these is side by side in the tree. */
const PARTING = new Set([
  ',',
  ';',
  'and',
  'or',
  'select',
  'from',
  'where',
  'group',
  'having',
  'order',
  'limit',
  'on',
  'when',
  'then',
  'else',
  'values',
])

/** Throws SQL_TOO_LARGE for what would be too deep for the parser. */
export function checkTokens(text: string, tokens: readonly Token[]): void {
  /** The length of the chain in each bracket that is open; and of all together. */
  const chains = [0]
  let chained = 0
  let combined = 0
  for (const { text: word, start } of tokens) {
    const sign = word.toLowerCase()
    if (PARTING.has(sign)) {
      chained -= chains.at(-1) ?? 0
      chains[chains.length - 1] = 0
    } else {
      chained++
      chains[chains.length - 1] = (chains.at(-1) ?? 0) + 1
    }
    if (sign === ';') combined = 0
    if (COMBINING.has(sign) && ++combined > MOST_COMBINED)
      tooLarge('joins or set operations', `${MOST_COMBINED} of them`, text, start)
    if (chained > LONGEST_CHAIN)
      tooLarge('a chain of operators', `${LONGEST_CHAIN} words and signs in one`, text, start)
    if (OPENING.has(sign) && chains.push(0) > MOST_OPEN + 1) tooLarge('a nesting', `${MOST_OPEN} levels`, text, start)
    if (CLOSING.has(sign) && chains.length > 1) chained -= chains.pop() ?? 0
  }
}

function tooLarge(what: string, most: string, text: string, start: number): never {
  return fail('SQL_TOO_LARGE', { what, most }, { position: place(text, start).position })
}

/** Nodes below one another: `a + b + c` is two, and of integers each is held to its bits by a call around it. */
const DEEPEST_TREE = 700
/** Tables, subqueries and functions that stand in FROM, in all of a statement. */
const MOST_TABLES = 200

const TABLES = new Set(['RangeVar', 'RangeSubselect', 'RangeFunction'])

interface Part {
  readonly value: object
  readonly depth: number
}

/** Throws SQL_TOO_LARGE. */
export function checkSize(tree: Node): void {
  const left: Part[] = [{ value: tree, depth: 0 }]
  let tables = 0
  for (let part = left.pop(); part !== undefined; part = left.pop()) {
    const { depth } = part
    if (depth > DEEPEST_TREE) fail('SQL_TOO_LARGE', { what: 'a nesting', most: `${DEEPEST_TREE} levels` })
    for (const [key, value] of Object.entries(part.value)) {
      if (TABLES.has(key) && ++tables > MOST_TABLES)
        fail('SQL_TOO_LARGE', { what: `more than ${MOST_TABLES} tables in FROM`, most: `${MOST_TABLES} of them` })
      // Nodes begin with a capital; what lies between them is not a level.
      if (typeof value === 'object' && value !== null) left.push({ value, depth: depth + (/^[A-Z]/.test(key) ? 1 : 0) })
    }
  }
}
