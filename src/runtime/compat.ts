// Which changes of a query its saved state survives. State belongs to sources (where they stand) and to stateful
// operators; so a query is compatible with its state when these are the same, in the same order. Steps without
// state, sinks, names and triggers may change: they take effect for the rows that come from now on. Not so where rows
// can go again: the step that a row went through must be the one through which it is taken back. And saved rows have
// types: a column that is another one now can't be read from them.
import { type Expr, typeOf } from '../expr/index.ts'
import { type Aggregate, inputsOf, type Node, nodesOf, type Output, properties, schema } from '../plan/index.ts'
import { type ColumnType, type Schema, showType } from '../types/index.ts'

/** A line that is only in the saved signature (-) or only in the new one (+), or in both. */
export interface Change {
  readonly sign: '-' | '+' | ' '
  readonly line: string
}

/** The lines of two signatures side by side; empty when they are the same. */
export function differences(saved: readonly string[], now: readonly string[]): readonly Change[] {
  if (saved.length === now.length && saved.every((line, i) => line === now[i])) return []
  return walk(lengths(saved, now), saved, now)
}

/** Lengths of the longest common subsequences of the tails (Hunt and McIlroy, 1976). */
function lengths(a: readonly string[], b: readonly string[]): number[][] {
  const table = Array.from({ length: a.length + 1 }, () => new Array<number>(b.length + 1).fill(0))
  for (let i = a.length - 1; i >= 0; i--) {
    for (let j = b.length - 1; j >= 0; j--) {
      const row = table[i] as number[]
      const below = table[i + 1] as number[]
      row[j] = a[i] === b[j] ? (below[j + 1] as number) + 1 : Math.max(below[j] as number, row[j + 1] as number)
    }
  }
  return table
}

function walk(table: number[][], a: readonly string[], b: readonly string[]): Change[] {
  const changes: Change[] = []
  let i = 0
  let j = 0
  while (i < a.length || j < b.length) {
    const down = table[i + 1]?.[j] ?? -1
    const right = table[i]?.[j + 1] ?? -1
    if (i < a.length && j < b.length && a[i] === b[j]) changes.push({ sign: ' ', line: a[i++] as string }) && j++
    else if (i < a.length && (j >= b.length || down >= right)) changes.push({ sign: '-', line: a[i++] as string })
    else changes.push({ sign: '+', line: b[j++] as string })
  }
  return changes
}

/** What the state of a query depends on, a line each, inputs before the operators over them. */
export function signatureOf(outputs: readonly Pick<Output, 'node' | 'mode'>[]): readonly string[] {
  const steps = nodesOf(...outputs.map(each => each.node)).flatMap(node => lineOf(node) ?? [])
  return [...steps, ...outputs.flatMap(wholeTable)]
}

/** A table that is written whole is kept. */
function wholeTable({ node, mode }: Pick<Output, 'node' | 'mode'>): readonly string[] {
  return mode === 'complete' ? [`complete ${columnsOf(schema(node))}${correctedBy([node])}`] : []
}

function lineOf(node: Node): string | undefined {
  switch (node.kind) {
    case 'source':
      return `source ${node.spec.kind} ${node.spec.name} ${plain(node.spec.fingerprint)} ${plain(node.time ?? null)}`
    case 'aggregate':
      return `aggregate ${plain({ keys: node.keys, aggregates: node.aggregates.map(withoutCode) })} of ${argumentsOf(node)}${below(node)}`
    case 'distinct':
      return `distinct ${columnsOf(schema(node))}${below(node)}`
    case 'top':
      return `top ${plain({ keys: node.keys, limit: node.limit, offset: node.offset })}${
        node.keys.length === 0 ? '' : ` of ${columnsOf(schema(node))}${below(node)}`
      }`
    case 'rank':
      return `rank ${plain({ per: node.per, keys: node.keys, rank: node.rank, limit: node.limit })} of ${columnsOf(schema(node.input))}${below(node)}`
    case 'join':
      return `join ${plain({ type: node.type, on: node.on, columns: node.columns })}`
    case 'final':
      return 'final'
    default:
      return undefined
  }
}

const below = (node: Node): string => windowsOf(node) + correctedBy(inputsOf(node))

const typeText = (type: ColumnType, nullable: boolean): string => `${showType(type)}${nullable ? '?' : ''}`

/** Columns as they lie in saved rows. */
function columnsOf(of: Schema): string {
  return of.fields.map(each => `${each.name} ${typeText(each.type, each.nullable)}`).join(', ')
}

/** Keys and arguments lie in saved groups by their types. */
function argumentsOf({ input, keys, aggregates }: Aggregate): string {
  const exprs = [...keys.map(each => each.expr), ...aggregates.flatMap(each => each.args)]
  const types = exprs.map(each => typeOf(each, [schema(input)]))
  return `(${types.map(each => typeText(each.type, each.nullable)).join(', ')})`
}

/** The steps without state between what is kept and a table that takes rows back. */
function correctedBy(inputs: readonly Node[]): string {
  return inputs.flatMap(each => (properties(each).appendOnly ? [] : stepsFrom(each))).join('')
}

function stepsFrom(node: Node): readonly string[] {
  if (lineOf(node) !== undefined) return []
  return [` through ${stepText(node)}`, ...inputsOf(node).flatMap(stepsFrom)]
}

function stepText(node: Node): string {
  switch (node.kind) {
    case 'select':
      return `select ${plain(node.columns)}`
    case 'where':
      return `where ${plain(node.predicate)}`
    case 'apply':
      return `${node.verb} ${String(node.fn)}`
    default:
      return node.kind
  }
}

/** Windows are computed without state, but they decide which groups the state above them holds. */
function windowsOf(node: Node): string {
  const found: string[] = []
  const visit = (each: Node): void => {
    if (each.kind === 'window')
      found.push(` over ${plain(each.shape)} of ${each.time.path.join('.')} accept ${each.accept}`)
    if (each === node || lineOf(each) === undefined) inputsOf(each).forEach(visit)
  }
  visit(node)
  return found.join('')
}

function withoutCode(each: { readonly user?: { readonly name: string } | undefined }): object {
  return { ...each, user: each.user?.name }
}

/** JSON of plan data, types as people write them, 64-bit integers as text. */
function plain(value: unknown): string {
  return JSON.stringify(value, (_key, each: unknown) => {
    if (typeof each === 'bigint') return String(each)
    if (each instanceof Uint8Array) return [...each]
    if (isType(each)) return showType(each)
    return each
  })
}

function isType(value: unknown): value is Extract<Expr, { kind: 'literal' }>['type'] {
  return typeof value === 'object' && value !== null && 'kind' in value && Object.keys(value).length === 1
}
