// A source file as the tidy checks see it: text, syntax tree, and what it imports.
// TypeScript 7 has no compiler API in its main entry, so the tree comes from @babel/parser. AssemblyScript (C-like, with
// decorators on functions) has no tree here: the checks that reach it read its text.

import { posix } from 'node:path'
import { type ParserOptions, parse } from '@babel/parser'

/** Any node of the tree; the checks look at few of its many shapes. */
export interface Node {
  readonly type: string
  readonly loc: { readonly start: { readonly line: number }; readonly end: { readonly line: number } }
  readonly [key: string]: unknown
}

export interface Comment {
  readonly line: number
  readonly lineLast: number
  readonly text: string
}

export interface Import {
  readonly specifier: string
  /** The file it names, from the root; absent for packages. */
  readonly target: string | undefined
  /** Imported names; undefined where everything is taken (`* as x`, `import(…)`, `export *`). */
  readonly names: readonly string[] | undefined
  /** For a re-export, the names it gives them, in the same order. */
  readonly exportedAs: readonly string[]
  readonly typeOnly: boolean
  readonly dynamic: boolean
  readonly reexport: boolean
  readonly line: number
}

export interface Source {
  /** From the root, with forward slashes. */
  readonly path: string
  readonly text: string
  readonly lines: readonly string[]
  readonly body: readonly Node[]
  readonly comments: readonly Comment[]
  readonly imports: readonly Import[]
}

/** One thing that is wrong, at one place. */
export interface Finding {
  readonly path: string
  readonly line: number
  readonly what: string
}

const isNode = (value: unknown): value is Node => typeof value === 'object' && value !== null && 'type' in value

/** Every node under `root`, parents first; what is under a node of type `except` is left out. */
export function* nodes(root: Node | readonly Node[], except?: string): Generator<Node> {
  const open: Node[] = [root].flat().toReversed() as Node[]
  for (let node = open.pop(); node !== undefined; node = open.pop()) {
    yield node
    if (node.type !== except) open.push(...children(node).toReversed())
  }
}

function children(node: Node): Node[] {
  const found: Node[] = []
  for (const [key, value] of Object.entries(node)) {
    if (key === 'loc' || key.endsWith('Comments')) continue
    if (Array.isArray(value)) found.push(...value.filter(isNode))
    else if (isNode(value)) found.push(value)
  }
  return found
}

/** The name of an identifier or string literal (`export { x as 'a-b' }`). */
export const nameOf = (node: unknown): string => {
  const { name, value } = node as { name?: string; value?: string }
  return name ?? value ?? ''
}

export const nodesIn = (node: Node, key: string): readonly Node[] => (node[key] ?? []) as readonly Node[]

export const lineOf = (node: Node): number => node.loc.start.line

const targetOf = (path: string, specifier: string): string | undefined =>
  specifier.startsWith('.') ? posix.join(posix.dirname(path), specifier) : undefined

const importedName = (specifier: Node): string | undefined => {
  if (specifier.type === 'ImportDefaultSpecifier') return 'default'
  if (specifier.type === 'ImportSpecifier') return nameOf(specifier.imported)
  if (specifier.type === 'ExportSpecifier') return nameOf(specifier.local)
  return undefined
}

const importedNames = (node: Node): readonly string[] | undefined => {
  if (node.type === 'TSImportType') return node.qualifier ? [nameOf(node.qualifier)] : undefined
  if (node.type === 'ImportExpression' || node.type === 'ExportAllDeclaration') return undefined
  const names = nodesIn(node, 'specifiers').map(importedName)
  return names.includes(undefined) ? undefined : (names as string[])
}

const importing = [
  'ImportDeclaration',
  'ExportNamedDeclaration',
  'ExportAllDeclaration',
  'ImportExpression',
  'TSImportType',
]

function importOf(path: string, node: Node): Import[] {
  const source = node.source as Node | null | undefined
  if (!importing.includes(node.type) || source?.type !== 'StringLiteral') return []
  const specifier = nameOf(source)
  return [
    {
      specifier,
      target: targetOf(path, specifier),
      names: importedNames(node),
      exportedAs: nodesIn(node, 'specifiers').map(each => nameOf(each.exported ?? each.local)),
      // `import { type A }` keeps an empty import at run time, so only the whole statement counts as type-only.
      typeOnly: node.importKind === 'type' || node.exportKind === 'type' || node.type === 'TSImportType',
      dynamic: node.type === 'ImportExpression',
      reexport: node.type.startsWith('Export'),
      line: lineOf(node),
    },
  ]
}

const options: ParserOptions = { sourceType: 'module', plugins: ['typescript'] }

/** Parse one TypeScript file. Throws with the path when it is not TypeScript. */
export function sourceOf(path: string, text: string): Source {
  const dts = path.endsWith('.d.ts') || path.endsWith('.d.mts')
  const file = parse(text, { ...options, sourceFilename: path, plugins: [['typescript', { dts }]] })
  const body = file.program.body as unknown as readonly Node[]
  const comments = (file.comments ?? []).map(comment => ({
    line: comment.loc?.start.line ?? 0,
    lineLast: comment.loc?.end.line ?? 0,
    text: comment.value,
  }))
  const imports = [...nodes(body)].flatMap(node => importOf(path, node))
  return { path, text, lines: text.split('\n'), body, comments, imports }
}
