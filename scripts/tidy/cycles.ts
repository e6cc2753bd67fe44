// No file needs itself to be loaded first: the graph of value imports under src/ has no cycle.
// Types and import() don't count: they are not there, or not yet, when modules are evaluated.

import { type House, ownSources } from './house.ts'
import type { Finding, Source } from './source.ts'

const valueTargets = (source: Source): readonly string[] =>
  source.imports.filter(each => !each.typeOnly && !each.dynamic).flatMap(({ target }) => target ?? [])

/** The first cycle met in depth-first order from `path`, as a closed list of paths. */
function cycleFrom(
  path: string,
  graph: ReadonlyMap<string, readonly string[]>,
  done: Set<string>,
): string[] | undefined {
  const trail: string[] = []
  const visit = (at: string): string[] | undefined => {
    const seen = trail.indexOf(at)
    if (seen !== -1) return [...trail.slice(seen), at]
    if (done.has(at)) return undefined
    trail.push(at)
    for (const next of graph.get(at) ?? []) {
      const cycle = visit(next)
      if (cycle !== undefined) return cycle
    }
    trail.pop()
    done.add(at)
    return undefined
  }
  return visit(path)
}

export function cycles(house: House): readonly Finding[] {
  const graph = new Map(ownSources(house).map(source => [source.path, valueTargets(source)]))
  const done = new Set<string>()
  for (const path of graph.keys()) {
    const cycle = cycleFrom(path, graph, done)
    if (cycle !== undefined) return [{ path: cycle[0] ?? path, line: 1, what: `imports itself: ${cycle.join(' → ')}` }]
  }
  return []
}
