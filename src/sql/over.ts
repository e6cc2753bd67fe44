// Window functions of a block.
import type { Expr, SortKey } from '../expr/index.ts'

/** `fn(args) OVER (PARTITION BY … ORDER BY … frame)`. */
export interface WindowCall {
  readonly fn: string
  readonly args: readonly Expr[]
  readonly partition: readonly Expr[]
  readonly order: readonly SortKey[]
}
