// A table of calls and PostgreSQL's answers, asked of the interpreter and of the kernels (as columns and as constants).
import assert from 'node:assert/strict'
import { test } from 'node:test'
import { MillraceError } from '../../src/base/index.ts'
import { Memory } from '../../src/data/index.ts'
import {
  call,
  cast,
  column,
  compileExpr,
  type Expr,
  evaluateConstant,
  type LiteralExpr,
  literal,
  literalValue,
  show,
  type Value,
} from '../../src/expr/index.ts'
import { field, type PlainKind, type ScalarKind, scalars, schemaOf } from '../../src/types/index.ts'
import { batchFrom, valuesOf } from './support.ts'

export const int = (value: number | bigint): LiteralExpr => literal(value, scalars.int)
export const double = (value: number): LiteralExpr => literal(value, scalars.double)
export const float = (value: number): LiteralExpr => literal(value, scalars.float)
export const text = (value: string): LiteralExpr => literal(value, scalars.string)
export const flag = (value: boolean): LiteralExpr => literal(value, scalars.boolean)
export const binary = (...bytes: number[]): LiteralExpr => literal(Uint8Array.from(bytes), scalars.binary)
export const json = (value: string): LiteralExpr => literal(value, scalars.json)
export const none = (kind: PlainKind): LiteralExpr => literal(null, scalars[kind])
/** A timestamp of an ISO time in UTC. */
export const at = (iso: string): LiteralExpr => literal(BigInt(Date.parse(`${iso}Z`)) * 1000n, scalars.timestamp)
export const date = (iso: string): LiteralExpr => literal(Date.parse(iso) / 86_400_000, scalars.date)
export const to = (kind: PlainKind, input: Expr): Expr => cast(input, scalars[kind])
export const tryTo = (kind: PlainKind, input: Expr): Expr => cast(input, scalars[kind], true)

/** A value (a literal, or null), or the code of the error. */
export type Answer = LiteralExpr | null | MillraceError['code']
export type Row = readonly [Expr, Answer]

const memory = new Memory()

function answerOf(run: () => Value): Value | { readonly error: string } {
  try {
    return run()
  } catch (error) {
    if (!(error instanceof MillraceError)) throw error
    return { error: error.code }
  }
}

/** The same call with columns for its literals. */
function byColumns(expr: Expr): Value {
  const literals: LiteralExpr[] = []
  const lift = (each: Expr): Expr => {
    if (each.kind !== 'literal') return each.kind === 'cast' ? cast(lift(each.input), each.type, each.lenient) : each
    literals.push(each)
    return column(`c${literals.length - 1}`)
  }
  const lifted = expr.kind === 'call' ? call(expr.fn, ...expr.args.map(lift)) : lift(expr)
  const kinds = literals.map(each => each.type.kind)
  const schema = schemaOf(literals.map((each, i) => field(`c${i}`, each.type, true)))
  return compiled(lifted, schema, kinds, literals.map(literalValue))
}

function compiled(
  expr: Expr,
  schema: ReturnType<typeof schemaOf>,
  kinds: readonly ScalarKind[],
  row: readonly Value[],
): Value {
  const arena = memory.arena()
  const evaluator = compileExpr(expr, [schema], memory)
  try {
    const batch = batchFrom(
      arena,
      kinds,
      row.map(value => [value]),
      1,
    )
    return valuesOf(memory, evaluator.run(batch, { memory, arena }), evaluator.type.kind, [0])[0] as Value
  } finally {
    evaluator.close()
    arena.free()
  }
}

export function answers(rows: readonly Row[]): void {
  for (const [expr, answer] of rows) {
    const expected = typeof answer === 'string' ? { error: answer } : answer === null ? null : literalValue(answer)
    const shown = typeof answer === 'string' ? answer : answer === null ? 'null' : show(answer)
    test(`${show(expr)} → ${shown}`, () => {
      assert.deepEqual(
        answerOf(() => literalValue(evaluateConstant(expr))),
        expected,
        'interpreted',
      )
      assert.deepEqual(
        answerOf(() => compiled(expr, schemaOf([]), [], [])),
        expected,
        'compiled, constants',
      )
      assert.deepEqual(
        answerOf(() => byColumns(expr)),
        expected,
        'compiled, columns',
      )
    })
  }
}
