// `FROM stdin`: the lines that come in, JSON or CSV as the first of them look.
import type { Readable } from 'node:stream'
import { headOf, lookedAt, streamSpec } from '../connectors/index.ts'
import { type Node, sourceOf } from '../plan/index.ts'
import type { Relation } from './catalog.ts'

export const STDIN = 'stdin'

/** A stream as a table; it is looked at when the first query names it. */
export function standardInput(stream: Readable, endless: boolean): Relation {
  let node: Promise<Node> | undefined
  const open = async (): Promise<Node> => {
    const name = 'the standard input'
    const head = await headOf(stream, !endless)
    return sourceOf(streamSpec(head, { name, endless, ...lookedAt(head, name) }), undefined)
  }
  return {
    kind: 'table',
    node() {
      node ??= open()
      return node
    },
  }
}
