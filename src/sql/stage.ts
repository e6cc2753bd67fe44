// A stage is a plan node under construction, and what expressions of the block are over it. Each step of a SELECT
// (joins, WHERE, groups, windows) makes the next stage from the one before.
import { childrenOf, type Expr } from '../expr/index.ts'
import type { Node } from '../plan/index.ts'
import { type Block, Input, type QuerySlot } from './block.ts'

export interface Stage {
  readonly block: Block
  node: Node
  /** Columns of the block's inputs, and whole expressions, as they are over the node; undefined: look inside. */
  readonly replace: (expr: Expr) => Expr | undefined
  /** Subqueries whose values the node has already. */
  readonly attached: Map<string, Expr>
}

export function stageOf(block: Block, node: Node, replace: Stage['replace']): Stage {
  return { block, node, replace, attached: new Map() }
}

/** An expression of the block, over the stage's node. Subqueries it needs are joined to the node now. */
export function over(stage: Stage, expr: Expr): Expr {
  return replaced(expr, each => substituteFor(stage, each))
}

function substituteFor(stage: Stage, expr: Expr): Expr | undefined {
  const found = stage.replace(expr)
  if (found !== undefined || expr.kind !== 'column' || expr.input !== Input.query) return found
  const name = expr.path[0] as string
  attach(stage, name)
  return stage.attached.get(name)
}

function attach(stage: Stage, name: string): void {
  if (stage.attached.has(name)) return
  const slot = stage.block.subqueries.find(each => each.name === name) as QuerySlot
  const { node, value } = slot.attach(
    () => stage.node,
    expr => over(stage, expr),
  )
  stage.node = node
  stage.attached.set(name, value)
}

/** Replace from the top down: what `replace` gives an answer for is not looked into. */
function replaced(expr: Expr, replace: (expr: Expr) => Expr | undefined): Expr {
  const found = replace(expr)
  if (found !== undefined) return found
  const children = childrenOf(expr)
  if (children.length === 0) return expr
  return shallow(expr, new Map(children.map(each => [each, replaced(each, replace)])))
}

/** The expression with its direct children exchanged. */
function shallow(expr: Expr, made: ReadonlyMap<Expr, Expr>): Expr {
  const of = (each: Expr): Expr => made.get(each) ?? each
  switch (expr.kind) {
    case 'call':
      return Object.freeze({ ...expr, args: Object.freeze(expr.args.map(of)) })
    case 'cast':
      return Object.freeze({ ...expr, input: of(expr.input) })
    case 'case': {
      const branches = expr.branches.map(each => Object.freeze({ when: of(each.when), then: of(each.then) }))
      return Object.freeze({
        ...expr,
        branches: Object.freeze(branches),
        otherwise: expr.otherwise && of(expr.otherwise),
      })
    }
    default:
      return expr
  }
}
