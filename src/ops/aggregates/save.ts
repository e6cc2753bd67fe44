// A group table as blocks of state entries; the kernels write and read them.
import { fail } from '../../base/index.ts'
import type { Memory, Ptr } from '../../data/index.ts'
import type { StateWriter } from '../../state/index.ts'

const BLOCK_BYTES = 1 << 16
const DONE = 0xffffffff

/** Every group (`full`), or those that changed since the last save, in slices. */
export function* saveTable(
  memory: Memory,
  table: Ptr,
  store: string,
  writer: StateWriter,
  full: boolean,
): Generator<void> {
  const k = memory.kernels
  for (let cursor = 0; cursor !== DONE; ) {
    cursor = k.groupSave(table, full ? 1 : 0, cursor, BLOCK_BYTES) >>> 0
    const bytes = k.savedBytes() >>> 0
    if (bytes === 0) continue
    writer.put(store, memory.bytes(k.savedBlock() >>> 0, bytes))
    yield
  }
  k.saveRelease()
}

/** The number of groups taken. */
export function loadTable(memory: Memory, table: Ptr, block: Uint8Array): number {
  const source = memory.alloc(block.length + 16)
  memory.u8.set(block, source)
  const entries = memory.kernels.groupLoad(table, source, block.length)
  memory.free(source)
  if (entries < 0) fail('ASSERTION', { reason: 'a block of group state does not fit the groups of this query' })
  return entries
}
