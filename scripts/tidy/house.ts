// The whole repository in memory, as the tidy checks take it. Tests build small houses from strings.

import { globSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { isAssembly, type Rooms } from './rooms.ts'
import { type Finding, type Source, sourceOf } from './source.ts'

export interface Manifest {
  readonly exports: Readonly<Record<string, string | { readonly 'millrace-src': string }>>
  readonly bin: Readonly<Record<string, string>>
  readonly dependencies?: Readonly<Record<string, string>>
  readonly peerDependencies?: Readonly<Record<string, string>>
  readonly optionalDependencies?: Readonly<Record<string, string>>
}

export interface House {
  readonly rooms: Rooms
  readonly manifest: Manifest
  /** Every TypeScript file with a tree. */
  readonly sources: readonly Source[]
  /** Every text file, the AssemblyScript ones included. */
  readonly texts: ReadonlyMap<string, string>
}

export type Check = (house: House) => readonly Finding[]

/** Files under src/ that are written by hand, have a tree, and exist at run time. */
export const ownSources = (house: House): readonly Source[] =>
  house.sources.filter(({ path }) => path.startsWith('src/') && !/\.generated\.|\.d\.ts$/.test(path))

/** The AssemblyScript files: path and text. */
export const assemblyTexts = (house: House): readonly (readonly [string, string])[] =>
  [...house.texts].filter(([path]) => isAssembly(path) && path.endsWith('.ts'))

/** What `import 'millrace/…'` may reach: the files behind package.json's exports. */
export const publicDoors = (manifest: Manifest): ReadonlyMap<string, string> => {
  const doors = new Map<string, string>()
  for (const [subpath, target] of Object.entries(manifest.exports)) {
    if (typeof target === 'object') doors.set(subpath.replace(/^\./, 'millrace'), target['millrace-src'].slice(2))
  }
  return doors
}

/** A house from file texts; `.ts` files outside the assembly (and the type cases, which are wrong on purpose) are parsed. */
export function houseOf(rooms: Rooms, manifest: Manifest, texts: ReadonlyMap<string, string>): House {
  const parsed = [...texts].filter(([path]) => path.endsWith('.ts') && !isAssembly(path) && !path.includes('/cases/'))
  return { rooms, manifest, texts, sources: parsed.map(([path, text]) => sourceOf(path, text)) }
}

const patterns = ['{src,test,examples,bench,scripts,docs,.ci}/**/*', '*.{md,json,ts,mjs}', '.npmrc', '.gitignore']

const isText = (path: string): boolean => /\.(?:ts|mts|mjs|md|json|jsonl|csv|txt|sql|yml)$|\/run$|^\.\w+$/.test(path)

/** The repository on disk. */
export function readHouse(root: string): House {
  const paths = globSync(patterns, { cwd: root, withFileTypes: false }).map(path => path.replaceAll('\\', '/'))
  const texts = new Map(
    paths
      .filter(isText)
      .sort()
      .map(path => [path, readFileSync(join(root, path), 'utf8')]),
  )
  const json = <T>(path: string): T => JSON.parse(texts.get(path) ?? 'null') as T
  return houseOf(json<Rooms>('rooms.json'), json<Manifest>('package.json'), texts)
}
