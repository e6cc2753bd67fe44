// What may not be called, and what to use instead. A name that the file declares itself is its own business.

import { type Check, ownSources } from './house.ts'
import { roomOf } from './rooms.ts'
import { lineOf, type Node, nameOf, nodes, nodesIn, type Source } from './source.ts'

interface Ban {
  /** `Date.now` bans the member, `process` every use of the global. */
  readonly name: string
  readonly instead: string
  /** Rooms where it is allowed; `pure` rooms never are. */
  readonly allowed: readonly string[]
}

const clock = 'the Clock port of base'
const random = 'the Random port of base'
const world = ['host', 'cli']

const bans: readonly Ban[] = [
  { name: 'Date.now', instead: clock, allowed: ['host'] },
  { name: 'new Date()', instead: clock, allowed: ['host'] },
  { name: 'performance', instead: clock, allowed: ['host'] },
  { name: 'setTimeout', instead: clock, allowed: ['host'] },
  { name: 'setInterval', instead: clock, allowed: ['host'] },
  { name: 'setImmediate', instead: clock, allowed: ['host', 'testing'] },
  { name: 'Math.random', instead: random, allowed: ['host'] },
  { name: 'crypto', instead: random, allowed: ['host'] },
  { name: 'console', instead: 'an output that is passed in', allowed: world },
  { name: 'process', instead: 'a port, or a value passed in', allowed: world },
  {
    name: 'Buffer',
    instead: 'Uint8Array with TextEncoder, TextDecoder',
    allowed: [...world, 'connectors', 'topics', 'kafka', 'spark', 'server'],
  },
  { name: 'require', instead: 'import', allowed: [] },
  { name: 'eval', instead: 'a closure: no text becomes code (law 9)', allowed: [] },
  { name: 'Function', instead: 'a closure, or a function type: no text becomes code (law 9)', allowed: [] },
]

const bareErrors = ['Error', 'TypeError', 'RangeError', 'SyntaxError', 'AggregateError']
const catalogue = "fail('CODE', { … }) or MillraceError of base: every error is in the catalogue (law 10)"

/** Keys under which an identifier is a name of its own, not a reference to a global. */
const ownKeys: Readonly<Record<string, string>> = {
  MemberExpression: 'property',
  OptionalMemberExpression: 'property',
  ObjectProperty: 'key',
  ObjectMethod: 'key',
  ClassMethod: 'key',
  ClassProperty: 'key',
  TSPropertySignature: 'key',
  TSMethodSignature: 'key',
  ImportSpecifier: 'imported',
  ExportSpecifier: 'exported',
}

const bindings = [
  'VariableDeclarator',
  'FunctionDeclaration',
  'ClassDeclaration',
  'ImportSpecifier',
  'ImportDefaultSpecifier',
  'ImportNamespaceSpecifier',
]

/** Names that the file binds anywhere (parameters included): not the globals. Coarse, but it never accuses wrongly. */
function bound(all: readonly Node[]): Set<string> {
  const found = new Set<string>()
  const take = (pattern: unknown): void => {
    if (typeof pattern !== 'object' || pattern === null) return
    for (const node of nodes(pattern as Node, 'TSTypeAnnotation'))
      if (node.type === 'Identifier') found.add(nameOf(node))
  }
  for (const node of all) {
    if (bindings.includes(node.type)) take(node.id ?? node.local)
    for (const parameter of nodesIn(node, 'params')) if (typeof parameter === 'object') take(parameter)
  }
  return found
}

/** Identifiers in places where they name a property, not a variable. */
function propertyNames(all: readonly Node[]): Set<unknown> {
  const found = new Set<unknown>()
  for (const node of all) {
    const key = ownKeys[node.type]
    if (key !== undefined && node.computed !== true && node.shorthand !== true) found.add(node[key])
  }
  return found
}

/** How the ban list would call this node; undefined for what is no use of a global. */
function usage(node: Node): string | undefined {
  if (node.type === 'MemberExpression' && (node.object as Node).type === 'Identifier')
    return `${nameOf(node.object)}.${nameOf(node.property)}`
  const callee = node.type === 'NewExpression' ? nameOf(node.callee) : ''
  if (callee === 'Date' && nodesIn(node, 'arguments').length === 0) return 'new Date()'
  return node.type === 'Identifier' ? nameOf(node) : undefined
}

export function usesIn(source: Source): { readonly name: string; readonly line: number }[] {
  const all = [...nodes(source.body)]
  const own = bound(all)
  const properties = propertyNames(all)
  const uses: { name: string; line: number }[] = []
  for (const node of all) {
    const name = properties.has(node) ? undefined : usage(node)
    if (name !== undefined && !own.has(name.split('.')[0] ?? '')) uses.push({ name, line: lineOf(node) })
  }
  return uses
}

/** Banned globals under src/. */
export const bannedCalls: Check = house =>
  ownSources(house).flatMap(source =>
    usesIn(source).flatMap(({ name, line }) => {
      const ban = bans.find(each => each.name === name)
      if (ban === undefined || ban.allowed.includes(roomOf(source.path) ?? '')) return []
      return [{ path: source.path, line, what: `${name} is banned here: use ${ban.instead}` }]
    }),
  )

const isBareError = (node: Node): boolean =>
  (node.type === 'NewExpression' || node.type === 'CallExpression') && bareErrors.includes(nameOf(node.callee))

const isErrorClass = (node: Node): boolean =>
  node.type.startsWith('Class') && bareErrors.includes(nameOf(node.superClass ?? {}))

/** base holds the catalogue; testing plays the world, whose errors are the world's. */
const errorRooms = ['base', 'testing']

/** `Error(…)` and classes of errors elsewhere. */
export const bareError: Check = house =>
  ownSources(house)
    .filter(({ path }) => !errorRooms.includes(roomOf(path) ?? ''))
    .flatMap(source =>
      [...nodes(source.body)]
        .filter(node => isBareError(node) || isErrorClass(node))
        .map(node => ({
          path: source.path,
          line: lineOf(node),
          what: `an error outside the catalogue: use ${catalogue}`,
        })),
    )
