// State travels as blocks of entries: [key bytes u32][value bytes u32, 0xffffffff = deleted][key][value], one
// after another, little endian, unaligned. A block is one Uint8Array, so that a kernel can write thousands of
// entries in one call and no JavaScript object stands for any of them.

export const DELETED = 0xffffffff

/** Where operators put changed entries. `block` is only valid during the call: copy or write it. */
export interface StateWriter {
  put(store: string, block: Uint8Array): void
}
