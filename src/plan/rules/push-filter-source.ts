// where over a source → into the source, which filters right after decoding (and after it has seen the event times:
// the watermark is that of all rows). A source that something else reads too, as .errors does, stays as it is.
import { conjunction } from './merge-filters.ts'
import { local } from './rule.ts'

export const pushFilterSource = local('push-filter-source', (node, { isShared }) => {
  if (node.kind !== 'where' || node.input.kind !== 'source' || isShared(node.input)) return undefined
  const source = node.input
  const predicate = source.predicate === undefined ? node.predicate : conjunction(source.predicate, node.predicate)
  return Object.freeze({ ...source, predicate })
})
