// Rows that change or have weights, for formats that are made of rows which only come: their texts wait on disk, and the file is
// made of them at the end.
import { textFiles } from '../../connectors/index.ts'
import type { World } from '../../data/index.ts'
import { sourceOf } from '../../plan/index.ts'
import { deliver } from '../../runtime/index.ts'
import { field, leaves, type Schema, schemaOf } from '../../types/index.ts'
import { NULL_TEXT } from './csv-cells.ts'
import { type Format, printerOf, type Target } from './printers.ts'

export interface Spool {
  /** Records as CSV, each with its newline. */
  add(lines: string): Promise<void>
  /** Write what was added in a format; resolves to the number of rows. */
  end(format: Format): Promise<number>
}

/** @param schema of the records */
export function spoolOf(schema: Schema, target: Target, world: World, memory: string | undefined): Spool {
  const path = target.scratch()
  const encoder = new TextEncoder()
  let at = 0
  return {
    async add(lines) {
      const bytes = encoder.encode(lines)
      const handle = await world.disk.append(path, at)
      at += bytes.length
      await handle.write(bytes)
      await handle.close()
    },
    async end(format) {
      const csv = { kind: 'csv', header: false, nullText: NULL_TEXT } as const
      const node = sourceOf(textFiles(path, flat(schema), csv, {}), undefined)
      const printer = printerOf(format, target)
      if (at === 0) await this.add('')
      await deliver(world, node, printer.spec, memory === undefined ? {} : { memory })
      await printer.end()
      await world.disk.remove(path)
      return printer.rows()
    },
  }
}

const flat = (schema: Schema): Schema =>
  schemaOf(leaves(schema).map(leaf => field(leaf.path.join('.'), leaf.type, leaf.nullable)))
