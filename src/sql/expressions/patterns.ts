// Regular expressions that are constants are looked at when the query is bound: what is wrong is told with its place.
import { type Expr, patternOf } from '../../expr/index.ts'
import type { Block } from '../block.ts'
import { within } from '../refuse.ts'

const FUNCTIONS: ReadonlySet<string> = new Set([
  'regexp_like',
  'regexp_like_i',
  'regexp_replace',
  'regexp_count',
  'regexp_instr',
  'regexp_substr',
  'regexp_match',
  'regexp_matches',
  'regexp_split_to_array',
])

export function checkPattern(fn: string, args: readonly Expr[], block: Block, byte: number | undefined): void {
  const pattern = args[1]
  if (!FUNCTIONS.has(fn) || pattern?.kind !== 'literal' || typeof pattern.value !== 'string') return
  const { value } = pattern
  within(block.query.text, byte, () => patternOf(value))
}
