// Json that is made of values: each is a piece of text, and a document is its pieces put together.
import { call, cast, type Expr, literal } from '../../expr/index.ts'
import type { Named } from '../../plan/index.ts'
import { scalars } from '../../types/index.ts'
import { type Block, typeIn } from '../block.ts'
import { unsupported } from '../refuse.ts'
import { coerce } from './coerce.ts'
import { fieldsOf, isThere } from './record.ts'

export const word = (text: string): Expr => literal(text, scalars.string)

/** How a document is written: with the blanks of what PostgreSQL makes of rows, of pairs, or of jsonb. */
export type Marks = { readonly colon: string; readonly comma: string }
const OF_ROWS: Marks = { colon: ':', comma: ',' }
export const OF_PAIRS: Marks = { colon: ' : ', comma: ', ' }
export const OF_JSONB: Marks = { colon: ': ', comma: ', ' }

/** A value as json text; a null is json's null. */
export function textOf(expr: Expr, block: Block, marks: Marks = OF_ROWS): Expr {
  if (expr.kind === 'literal' && expr.value === null) return word('null')
  const fields = fieldsOf(expr, block)
  if (fields !== undefined) return rowText(expr, fields, block, marks === OF_JSONB ? OF_JSONB : OF_ROWS)
  const value = coerce(block, expr, scalars.string)
  return call('coalesce', cast(call('to_json', jsonable(value, block)), scalars.string), word('null'))
}

/** A row as an object. */
function rowText(expr: Expr, fields: readonly Named[], block: Block, marks: Marks): Expr {
  const members = fields.map(each =>
    glue([word(`${JSON.stringify(each.name)}${marks.colon}`), textOf(each.expr, block, marks)]),
  )
  const text = glue([word('{'), ...separated(members, marks), word('}')])
  if (!typeIn(block, expr).nullable) return text
  return Object.freeze({
    kind: 'case',
    branches: Object.freeze([Object.freeze({ when: isThere(fields), then: text })]),
    otherwise: word('null'),
  })
}

/** Dates and the like are texts in json; an instant may be with a zone or without, and json shows which. */
function jsonable(expr: Expr, block: Block): Expr {
  const { kind } = typeIn(block, expr).type
  if (kind === 'timestamp')
    return unsupported(
      block.query.text,
      undefined,
      'json of a timestamp',
      'cast it to text, in the form that is wanted',
    )
  return ['date', 'time', 'uuid', 'interval'].includes(kind) ? cast(expr, scalars.string) : expr
}

/** A value as json; of null it is null. */
export function asJson(expr: Expr, block: Block, marks: Marks = OF_ROWS): Expr {
  if (fieldsOf(expr, block) === undefined) return call('to_json', jsonable(coerce(block, expr, scalars.string), block))
  const isNull = typeIn(block, expr).nullable
  const text = textOf(expr, block, marks)
  return cast(isNull ? call('nullif', text, word('null')) : text, scalars.json)
}

/** The key of a member; of null an error. */
const keyOf = (expr: Expr, block: Block): Expr => call('json_key', keyText(expr, block))

/** What a key is, before it is one. */
export function keyText(expr: Expr, block: Block): Expr {
  const key = coerce(block, expr, scalars.string)
  const { kind } = typeIn(block, key).type
  if (kind === 'json' || kind === 'list' || kind === 'struct')
    return unsupported(block.query.text, undefined, `a key that is ${kind}`, 'keys are plain values: cast it to text')
  return kind === 'string' ? key : cast(key, scalars.string)
}

export const member = (key: Expr, value: Expr, block: Block, marks: Marks): Expr =>
  glue([keyOf(key, block), word(marks.colon), textOf(value, block, marks)])

export const separated = (parts: readonly Expr[], { comma }: Marks = OF_JSONB): readonly Expr[] =>
  parts.flatMap((each, i) => (i === 0 ? [each] : [word(comma), each]))

const glue = (parts: readonly Expr[]): Expr => parts.reduce((a, b) => call('join_text', a, b))

/** Pieces of text as a document. */
export const document = (parts: readonly Expr[]): Expr => cast(glue(parts), scalars.json)
