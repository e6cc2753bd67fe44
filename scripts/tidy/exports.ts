// What nobody imports is not exported, and a file nobody imports is not there.
// A use is an import from another file (src, test, examples, bench, scripts); a re-export only passes a name on. What a
// public door of package.json passes on is used by our users.

import { assemblyTexts, type House, ownSources, publicDoors } from './house.ts'
import { type Finding, type Import, lineOf, type Node, nameOf, nodes, nodesIn, type Source } from './source.ts'

/** Names that a file declares and exports itself, with the node that declares them. */
export function ownExports(source: Source): Map<string, Node> {
  const found = new Map<string, Node>()
  for (const node of source.body) {
    if (node.type === 'ExportDefaultDeclaration') found.set('default', node)
    if (node.type !== 'ExportNamedDeclaration' || node.source) continue
    for (const name of declaredNames(node.declaration as Node | null)) found.set(name, node)
    for (const specifier of nodesIn(node, 'specifiers')) found.set(nameOf(specifier.exported), node)
  }
  return found
}

function declaredNames(declaration: Node | null): string[] {
  if (declaration === null) return []
  if (declaration.type !== 'VariableDeclaration') return [nameOf(declaration.id)]
  return nodesIn(declaration, 'declarations').flatMap(({ id }) =>
    (id as Node).type === 'Identifier' ? [nameOf(id)] : boundNames(id as Node),
  )
}

const boundNames = (pattern: Node): string[] =>
  [...nodes(pattern)].filter(({ type }) => type === 'Identifier').map(nameOf)

/** Follows re-exports to where names are declared, and remembers what was reached. */
export class Uses {
  private readonly sources: ReadonlyMap<string, Source>
  private readonly own: ReadonlyMap<string, ReadonlyMap<string, Node>>
  private readonly used = new Set<string>()

  constructor(sources: readonly Source[]) {
    this.sources = new Map(sources.map(source => [source.path, source]))
    this.own = new Map(sources.map(source => [source.path, ownExports(source)]))
  }

  has(path: string, name: string): boolean {
    return this.used.has(`${path}#${name}`)
  }

  /** Mark `name` of `path` as used; false when the file has no such export. */
  mark(path: string, name: string, trail: readonly string[] = []): boolean {
    if (trail.includes(path)) return false
    if (this.own.get(path)?.has(name)) {
      this.used.add(`${path}#${name}`)
      return true
    }
    const passed = this.sources.get(path)?.imports.filter(({ reexport }) => reexport) ?? []
    return passed.some(each => this.markThrough(each, name, [...trail, path]))
  }

  private markThrough({ target, names, exportedAs }: Import, name: string, trail: readonly string[]): boolean {
    if (target === undefined) return false
    if (names === undefined) return this.mark(target, name, trail)
    const original = names[exportedAs.indexOf(name)]
    return original !== undefined && this.mark(target, original, trail)
  }

  /** Everything a file exports, its re-exports included. */
  markAll(path: string, trail: readonly string[] = []): void {
    if (trail.includes(path)) return
    for (const name of this.own.get(path)?.keys() ?? []) this.used.add(`${path}#${name}`)
    for (const { reexport, target, names } of this.sources.get(path)?.imports ?? []) {
      if (!reexport || target === undefined) continue
      if (names === undefined) this.markAll(target, [...trail, path])
      else for (const name of names) this.mark(target, name, [path])
    }
  }
}

/** What the given files import, by file and name. */
export function usesBy(house: House, importers: readonly Source[]): Uses {
  const doors = publicDoors(house.manifest)
  const uses = new Uses(house.sources)
  for (const source of importers) {
    for (const each of source.imports) {
      const target = each.target ?? doors.get(each.specifier)
      if (target === undefined || each.reexport) continue
      if (each.names === undefined) uses.markAll(target)
      else for (const name of each.names) uses.mark(target, name)
    }
  }
  return uses
}

const typeKinds = ['TSInterfaceDeclaration', 'TSTypeAliasDeclaration']

/** Names that a living export of the same file mentions outside of function bodies: parts of its signature, not dead. */
function mentioned(source: Source, alive: (name: string) => boolean): Set<string> {
  const own = ownExports(source)
  const found = new Set<string>()
  const visit = (name: string): void => {
    for (const node of nodes(own.get(name) ?? [], 'BlockStatement')) {
      const part = node.type === 'Identifier' ? nameOf(node) : ''
      if (!own.has(part) || found.has(part)) continue
      found.add(part)
      visit(part)
    }
  }
  for (const name of own.keys()) if (alive(name)) visit(name)
  return found
}

const isType = (node: Node): boolean => typeKinds.includes((node.declaration as Node | null)?.type ?? '')

export function deadExports(house: House): readonly Finding[] {
  const uses = usesBy(house, house.sources)
  for (const path of publicDoors(house.manifest).values()) uses.markAll(path)
  const findings: Finding[] = []
  for (const source of ownSources(house)) {
    const parts = mentioned(source, name => uses.has(source.path, name))
    for (const [name, node] of ownExports(source)) {
      if (uses.has(source.path, name) || (isType(node) && parts.has(name))) continue
      findings.push({
        path: source.path,
        line: lineOf(node),
        what: `nobody imports ${name}: drop 'export', or the code`,
      })
    }
  }
  return findings
}

const workerTarget = /new URL\('(\.[^']+\.ts)', import\.meta\.url\)/g

/** Files that something reaches: by import, as a worker's URL, or as an entry of package.json or rooms.json. */
function reached(house: House): Set<string> {
  const found = new Set<string>([...publicDoors(house.manifest).values(), ...house.rooms.entries])
  for (const target of Object.values(house.manifest.bin)) found.add(target.replace(/^dist\/(.*)\.js$/, 'src/$1.ts'))
  for (const source of house.sources) {
    for (const { target } of source.imports) if (target !== undefined) found.add(target)
    for (const [, target = ''] of source.text.matchAll(workerTarget)) {
      found.add(new URL(target, `file:///${source.path}`).pathname.slice(1))
    }
  }
  return found
}

/** Files under src/ that nothing reaches. */
export function deadFiles(house: House): readonly Finding[] {
  const alive = reached(house)
  return ownSources(house)
    .filter(({ path }) => !alive.has(path))
    .map(({ path }) => ({
      path,
      line: 1,
      what: 'nothing imports this file: remove it, or name it in entries of rooms.json',
    }))
}

const moduleExport = /^export \{([^}]*)\}/gm

/** Functions of the WebAssembly module that no TypeScript mentions. */
export function deadKernels(house: House): readonly Finding[] {
  const door = 'src/kernels/assembly/index.ts'
  const text = assemblyTexts(house).find(([path]) => path === door)?.[1] ?? ''
  const names = [...text.matchAll(moduleExport)].flatMap(([, list = '']) => list.match(/\w+(?=\s*(?:,|$))/g) ?? [])
  const used = new Set(
    house.sources.filter(({ path }) => !path.includes('.generated.')).flatMap(({ text }) => text.match(/\w+/g) ?? []),
  )
  return names
    .filter(name => !used.has(name))
    .map(name => ({ path: door, line: 1, what: `no TypeScript calls the kernel ${name}: don't export it` }))
}
