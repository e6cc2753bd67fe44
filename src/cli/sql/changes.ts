// The rows of a table epoch by epoch: its changes as they are told, or what they sum up to.
import { resultSink } from '../../connectors/index.ts'
import type { SinkSpec } from '../../data/index.ts'
import type { Node } from '../../plan/index.ts'
import { schema } from '../../plan/index.ts'
import type { Ordering } from '../../runtime/index.ts'
import { schemaOf } from '../../types/index.ts'
import { type Record, Records } from './records.ts'

/** What an epoch changed. */
export interface Epoch {
  readonly number: number
  readonly changes: readonly Record[]
}

/** A sink that tells the changes of each epoch when it is committed. */
export function changesSink(
  node: Node,
  order: Ordering,
  kind: 'json' | 'csv',
  nullText: string | undefined,
  tell: (epoch: Epoch, header: string) => Promise<void>,
): SinkSpec {
  const names = new Set(order.hidden.map(({ expr }) => (expr.kind === 'column' ? expr.path[0] : undefined)))
  const hidden = schemaOf(order.schema.fields.filter(each => names.has(each.name)))
  return resultSink(({ memory }) => {
    const records = new Records({
      kind,
      visible: schema(node),
      hidden,
      memory,
      ...(nullText === undefined ? {} : { nullText }),
    })
    let changes: Record[] = []
    return {
      begin: async () => {
        changes = []
      },
      write(batch) {
        for (const each of records.of(batch)) changes.push(each)
      },
      async commit(number) {
        await tell({ number, changes }, records.header)
        changes = []
      },
      close: async () => records.close(),
    }
  })
}

/** The table that changes sum up to. */
export class Sums {
  readonly #rows = new Map<string, { weight: number; readonly keys: Record['keys'] }>()

  add(changes: readonly Record[]): void {
    for (const { text, weight, keys } of changes) {
      const known = this.#rows.get(text)
      const sum = (known?.weight ?? 0) + weight
      if (sum === 0) this.#rows.delete(text)
      else if (known === undefined) this.#rows.set(text, { weight, keys })
      else known.weight = sum
    }
  }

  /** The texts of the rows, in the order that the query asks for. */
  texts(order: Ordering): string[] {
    const rows: { text: string }[] = []
    for (const [text, { weight, keys }] of this.#rows)
      for (let times = 0; times < weight; times++) rows.push({ ...keys, text })
    return (order.sort(rows) as { text: string }[]).map(each => each.text)
  }
}
