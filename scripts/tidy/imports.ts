// Rooms are strata: a room imports only from rooms above it, and only through their doors. A type counts as an import.

import { type House, ownSources } from './house.ts'
import { doorsOf, type Rooms, roomOf } from './rooms.ts'
import type { Finding, Import, Source } from './source.ts'

/** Why a file of `room` may not import from `other`; undefined when it may. */
function strataFault(rooms: Rooms, room: string, other: string): string | undefined {
  const place = rooms.strata.indexOf(room)
  const otherPlace = rooms.strata.indexOf(other)
  if (otherPlace === -1) return `${other} is not a room of rooms.json`
  if (otherPlace > place)
    return `${room} is above ${other}: turn the import round, or put a port into a room above both`
  if (rooms.never[room]?.includes(other)) return `${room} never imports ${other}: pass what it needs as values`
  return undefined
}

function localFault(rooms: Rooms, room: string, target: string): string | undefined {
  if (rooms.wiring.files.includes(target)) {
    return rooms.wiring.usedBy.includes(room)
      ? undefined
      : `${target} is the wiring: only ${rooms.wiring.usedBy} may use it`
  }
  const other = roomOf(target)
  if (other === room) return undefined
  if (other === undefined) return `${target} is outside the rooms`
  const fault = strataFault(rooms, room, other)
  if (fault !== undefined) return fault
  const doors = doorsOf(rooms, other)
  return doors.includes(target) ? undefined : `${target} is inside ${other}: import ${doors.join(' or ')}`
}

/** `@scope/name/sub` → `@scope/name`. */
export const packageOf = (specifier: string): string => /^(?:@[^/]+\/)?[^/]+/.exec(specifier)?.[0] ?? specifier

function packageFault(rooms: Rooms, path: string, name: string): string | undefined {
  if (name === 'millrace') return 'inside src, import the file, not the package'
  const address = rooms.packages[name]
  if (address === undefined) return `the package ${name} has no address: name one file for it in rooms.json`
  return address === path ? undefined : `the package ${name} lives in ${address}: use what that file exports`
}

function fault({ rooms }: House, path: string, { specifier, target }: Import): string | undefined {
  const room = roomOf(path)
  if (specifier.startsWith('node:')) {
    const pure = room !== undefined && rooms.pure.includes(room)
    return pure ? `${room} is pure: take ${specifier} through a port of base (Clock, Disk, Random …)` : undefined
  }
  if (target === undefined) return packageFault(rooms, path, packageOf(specifier))
  return room === undefined ? undefined : localFault(rooms, room, target)
}

/** The rules of rooms.json for every import of every file under src/. */
export const imports = (house: House): readonly Finding[] =>
  ownSources(house).flatMap(source =>
    source.imports.flatMap(each => {
      const what = fault(house, source.path, each)
      return what === undefined ? [] : [{ path: source.path, line: each.line, what }]
    }),
  )

/** Every room on disk is in rooms.json, and every file is in a room or is the wiring. */
export const knownRooms = (house: House): readonly Finding[] =>
  ownSources(house)
    .filter(({ path }) => !house.rooms.strata.includes(roomOf(path) ?? '') && !house.rooms.wiring.files.includes(path))
    .map(({ path }) => ({ path, line: 1, what: 'is in no room of rooms.json' }))

const dependencies = ({ manifest }: House): string[] =>
  [manifest.dependencies, manifest.peerDependencies, manifest.optionalDependencies].flatMap(list =>
    Object.keys(list ?? {}),
  )

/** Addresses and package.json name the same packages. */
export function addresses(house: House): readonly Finding[] {
  const wanted = dependencies(house)
  const named = Object.keys(house.rooms.packages)
  const finding = (what: string): Finding => ({ path: 'rooms.json', line: 1, what })
  return [
    ...wanted.filter(name => !named.includes(name)).map(name => finding(`the dependency ${name} has no address`)),
    ...named.filter(name => !wanted.includes(name)).map(name => finding(`${name} is not a dependency in package.json`)),
    ...Object.entries(house.rooms.packages)
      .filter(([, path]) => !house.texts.has(path))
      .map(([name, path]) => finding(`the address of ${name}, ${path}, does not exist`)),
  ]
}

const staticTargets = (source: Source): readonly Import[] =>
  source.imports.filter(each => !each.typeOnly && !each.dynamic)

/** Importing the root runs no third-party package except those that rooms.json allows (`loadedByRoot`). */
export function rootLoads(house: House): readonly Finding[] {
  const byPath = new Map(house.sources.map(source => [source.path, source]))
  const seen = new Set<string>()
  const findings: Finding[] = []
  const open = ['src/index.ts']
  for (let path = open.pop(); path !== undefined; path = open.pop()) {
    const source = byPath.get(path)
    if (source === undefined || seen.has(path)) continue
    seen.add(path)
    for (const { target, specifier, line } of staticTargets(source)) {
      if (target !== undefined) open.push(target)
      else if (!specifier.startsWith('node:') && !house.rooms.loadedByRoot.includes(packageOf(specifier)))
        findings.push({ path, line, what: `importing millrace would load ${specifier}: import() it where it is used` })
    }
  }
  return findings
}
