// Arrays as texts: '{1,2}', '{{a,b},{c,d}}'. A text is read when the query is bound; how many dimensions it has, it says itself.
import { listBytes } from '../../data/index.ts'
import { call, type Expr, evaluateConstant, type LiteralExpr, literal } from '../../expr/index.ts'
import { type ListType, leafOf, nestedType, type ScalarType, scalars } from '../../types/index.ts'
import type { Block } from '../block.ts'
import { invalid, unsupported } from '../refuse.ts'
import { coerce } from './coerce.ts'

/** Values as one list: a null is an element too. */
export function listExpr(values: readonly Expr[], type: ListType): Expr {
  const none = literal(listBytes(type, [null]), type)
  const parts = values.map(each => {
    if (each.kind === 'literal' && each.value === null) return none
    return call('coalesce', call('list_of', each), none)
  })
  if (parts.length === 0) return literal(listBytes(type, []), type)
  const made = parts.reduce((a, b) => call('join_text', a, b))
  return values.every(each => each.kind === 'literal') ? evaluateConstant(made) : made
}

/** '{1,2,NULL}' as an array of a type. */
export function arrayFromText(source: string, type: ListType, block: Block, byte: number | undefined): Expr {
  if (/^\s*\[/.test(source))
    return unsupported(block.query.text, byte, 'an array with bounds of its own', 'leave them out: arrays begin at 1')
  const parts = partsIn(source)
  const depth = parts === undefined ? undefined : depthIn(parts)
  if (parts === undefined || depth === undefined)
    return invalid(block.query.text, byte, `malformed array literal: "${source}"`, "write '{1,2}' or ARRAY[1, 2]")
  const leaf = leafOf(type) as ScalarType
  return made(parts, leaf, depth, block, byte)
}

type Part = string | null | readonly Part[]

function made(parts: readonly Part[], leaf: ScalarType, depth: number, block: Block, byte: number | undefined): Expr {
  const type = nestedType(leaf, depth)
  if (depth > 1) {
    const lists = parts.map(each => made(each as readonly Part[], leaf, depth - 1, block, byte) as LiteralExpr)
    return literal(
      listBytes(
        type,
        lists.map(each => each.value),
      ),
      type,
    )
  }
  const values = parts.map(each => {
    if (each === null) return literal(null, leaf)
    const word = literal(each as string, scalars.string)
    block.query.unknowns.add(word)
    return coerce(block, word, leaf, byte)
  })
  return listExpr(values, type)
}

/** How deep the lists go, all to the same depth and of one size; undefined: they do not. */
function depthIn(parts: readonly Part[]): number | undefined {
  const lists = parts.filter(each => Array.isArray(each)) as readonly (readonly Part[])[]
  if (lists.length === 0) return 1
  const [first] = lists as [readonly Part[]]
  if (lists.length < parts.length || first.length === 0 || lists.some(each => each.length !== first.length))
    return undefined
  const depths = new Set(lists.map(depthIn))
  const [below] = depths
  return depths.size === 1 && below !== undefined ? below + 1 : undefined
}

/** The words and lists between braces; undefined: it is no array. */
function partsIn(source: string): readonly Part[] | undefined {
  const tokens = source.match(/[{},]|"(?:[^"\\]|\\.)*"|(?:[^{},"\\]|\\.)+|./gs) ?? []
  const words = tokens.filter(each => each.trim() !== '')
  let at = 0
  const list = (): readonly Part[] | undefined => {
    if (words[at++] !== '{') return undefined
    const parts: Part[] = []
    if (words[at] === '}') {
      at++
      return parts
    }
    for (;;) {
      const part = words[at] === '{' ? list() : wordOf(words[at++])
      if (part === undefined) return undefined
      parts.push(part)
      const mark = words[at++]
      if (mark === '}') return parts
      if (mark !== ',') return undefined
    }
  }
  const parts = list()
  return at === words.length ? parts : undefined
}

/** The value of a word; undefined: it is none. */
function wordOf(token: string | undefined): string | null | undefined {
  if (token === undefined || /^[{},]$/.test(token)) return undefined
  if (token.startsWith('"')) return token.length > 1 ? token.slice(1, -1).replace(/\\(.)/gs, '$1') : undefined
  return /^\s*null\s*$/i.test(token) ? null : token.trim().replace(/\\(.)/gs, '$1')
}
