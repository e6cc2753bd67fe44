// JSON lines: the kernel is src/kernels/assembly/json.ts.
import type { Memory } from '../memory.ts'
import type { RowKernel } from './row-decoder.ts'

export function jsonKernel({ kernels }: Memory): RowKernel {
  return {
    open: (arena, columns, starts) => kernels.jsonNew(arena.ptr, columns, starts) >>> 0,
    decode: (handle, at, end, most, longest) => kernels.jsonDecode(handle, at, end, most, longest) >>> 0,
  }
}
