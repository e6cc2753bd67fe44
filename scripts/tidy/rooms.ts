// rooms.json in memory: which room a file is in, and which rooms it may look into.

/** The shape of rooms.json; the file's own comments say what each part is for. */
export interface Rooms {
  readonly strata: readonly string[]
  readonly pure: readonly string[]
  readonly never: Readonly<Record<string, readonly string[]>>
  readonly doors: Readonly<Record<string, readonly string[]>>
  readonly wiring: { readonly files: readonly string[]; readonly usedBy: readonly string[] }
  readonly packages: Readonly<Record<string, string>>
  readonly loadedByRoot: readonly string[]
  readonly entries: readonly string[]
  readonly long: Readonly<Record<string, number>>
  readonly tests: Readonly<Record<string, string>>
  readonly budgets: Readonly<Record<string, number>>
}

/** `src/ops/reference/filter.ts` → `ops`; undefined outside the rooms (the wiring, tests, scripts). */
export const roomOf = (path: string): string | undefined => /^src\/([^/]+)\//.exec(path)?.[1]

export const isAssembly = (path: string): boolean => path.startsWith('src/kernels/assembly/')

/** Doors of a room as paths: its index.ts and whatever rooms.json names besides. */
export const doorsOf = (rooms: Rooms, room: string): readonly string[] =>
  ['index.ts', ...(rooms.doors[room] ?? [])].map(file => `src/${room}/${file}`)
