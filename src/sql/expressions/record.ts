// Rows as values: ROW(a, b), a table's name as the row of it, (row).field. A row is a struct of its fields, so it has no value of
// its own: what wants one is made of the fields, or of the text that PostgreSQL shows, (1,x).
import { call, cast, column, type Expr, fieldAt, literal, structExpr } from '../../expr/index.ts'
import { type Named, type Node as PlanNode, schema, selectOf } from '../../plan/index.ts'
import { type ColumnType, type Field, type StructType, scalars } from '../../types/index.ts'
import { type Block, typeIn } from '../block.ts'
import { distinctNames } from '../names.ts'
import type { Node } from '../parser.ts'
import { invalid } from '../refuse.ts'
import type { ScopeColumn } from '../scope.ts'
import { locationOf, textOf } from '../tree.ts'
import { coerce } from './coerce.ts'

/** ROW(…): its fields are f1, f2 …, whatever they are of. */
export const rowOf = (fields: readonly Expr[], block: Block): Expr =>
  structExpr(
    fields.map((each, i) => [`f${i + 1}`, coerce(block, each, scalars.string)]),
    'row',
  )

/** A table's row; that of one that may have no partner is null where there is none. */
export function wholeRow(columns: readonly ScopeColumn[], fields: readonly Expr[]): Expr {
  const names = distinctNames(columns.map(each => each.name))
  const isOuter = columns.some(each => each.isOuter === true)
  return structExpr(
    fields.map((each, i) => [names[i] as string, each]),
    isOuter ? 'record' : 'row',
  )
}

/** The fields of an expression that is a row; undefined: it is none. */
export function fieldsOf(expr: Expr, block: Block): readonly Named[] | undefined {
  if (expr.kind !== 'call' && expr.kind !== 'column') return undefined
  const { type } = typeIn(block, expr)
  return type.kind === 'struct' ? partsOf(expr, type) : undefined
}

const partsOf = (expr: Expr, type: StructType): readonly Named[] =>
  type.fields.map(({ name }) => ({ name, expr: fieldAt(expr, [name]) as Expr }))

/** `(row).field`. */
export function fieldNamed(of: Expr, step: Node, block: Block): Expr {
  const name = textOf(step)
  const fields = fieldsOf(of, block)
  const found = fields?.find(each => each.name === name)
  if (found !== undefined) return found.expr
  const fix = fields === undefined ? 'only rows have fields' : `there are ${fields.map(each => each.name).join(', ')}`
  return invalid(block.query.text, locationOf(step), `there is no field ${name ?? '*'} here`, fix)
}

/** An expression as a value: a row is its text. */
export function plain(expr: Expr, block: Block): Expr {
  if (expr.kind !== 'call' && expr.kind !== 'column') return expr
  const { type, nullable } = typeIn(block, expr)
  return type.kind === 'struct' ? rowText(expr, type, nullable) : expr
}

/** An expression as text, where it has parts: a row, an array. */
export const shown = (expr: Expr, block: Block): Expr =>
  typeIn(block, expr).type.kind === 'list' ? call('array_out', expr) : plain(expr, block)

/** Whether any field is there. */
export const isThere = (fields: readonly Named[]): Expr =>
  call('or', literal(false, scalars.boolean), ...fields.map(each => call('is_not_null', each.expr)))

/** A row as PostgreSQL shows it. */
function rowText(expr: Expr, type: StructType, nullable: boolean): Expr {
  const fields = partsOf(expr, type)
  const texts = fields.map(({ expr: of }, i) => {
    const { type: own, nullable: isOpen } = type.fields[i] as Field
    return shownField(of, own, isOpen)
  })
  const parts = texts.flatMap((each, i) => (i === 0 ? [each] : [word(','), each]))
  const text = [word('('), ...parts, word(')')].reduce((a, b) => call('join_text', a, b))
  return nullable ? when([[isThere(fields), text]]) : text
}

/** Types whose texts have nothing that has to be put between quotes. */
const BARE: ReadonlySet<string> = new Set(['int', 'bigint', 'float', 'double', 'decimal', 'date', 'time', 'uuid'])

function shownField(of: Expr, type: ColumnType, nullable: boolean): Expr {
  if (type.kind === 'struct') return call('coalesce', quoted(rowText(of, type, nullable)), word(''))
  if (type.kind === 'boolean')
    return when(
      [
        [of, word('t')],
        [call('not', of), word('f')],
      ],
      word(''),
    )
  const text = type.kind === 'string' ? of : type.kind === 'list' ? call('array_out', of) : cast(of, scalars.string)
  return call('coalesce', BARE.has(type.kind) ? text : quoted(text), word(''))
}

/** Between quotes where it is empty, or has a mark that rows are written with. */
function quoted(text: Expr): Expr {
  const marked = call('regexp_like', text, word(String.raw`["\\(),[:space:]]`))
  const doubled = call('replace', call('replace', text, word('\\'), word('\\\\')), word('"'), word('""'))
  const inside = [word('"'), doubled, word('"')].reduce((a, b) => call('join_text', a, b))
  return when([[call('or', call('eq', text, word('')), marked), inside]], text)
}

const word = (text: string): Expr => literal(text, scalars.string)

const when = (branches: readonly (readonly [Expr, Expr])[], otherwise?: Expr): Expr =>
  Object.freeze({
    kind: 'case',
    branches: Object.freeze(branches.map(([test, then]) => Object.freeze({ when: test, then }))),
    otherwise,
  })

/** What a query tells: its rows as texts. */
export function told(node: PlanNode): PlanNode {
  const { fields } = schema(node)
  if (!fields.some(({ type }) => type.kind === 'struct' && type.isRow === true)) return node
  return selectOf(
    node,
    fields.map(({ name, type, nullable }): Named => {
      const own = column(name)
      return { name, expr: type.kind === 'struct' && type.isRow === true ? rowText(own, type, nullable) : own }
    }),
  )
}
