// Plain lines: the kernel is src/kernels/assembly/lines.ts.
import { fail } from '../../base/index.ts'
import { leaves } from '../../types/index.ts'
import type { DecoderOptions } from './decoder.ts'
import type { RowKernel } from './row-decoder.ts'

export function linesKernel({ memory, schema }: DecoderOptions): RowKernel {
  const all = leaves(schema)
  if (all.length !== 1 || all[0]?.type.kind !== 'string') {
    const reason = 'lines of text have one column, a string'
    fail('BAD_SCHEMA', { reason, fix: 'leave the schema away, or declare one t.string() column' })
  }
  const { kernels } = memory
  return {
    open: (arena, columns, starts) => kernels.linesNew(arena.ptr, columns, starts) >>> 0,
    decode: (handle, at, end, most, longest) => kernels.linesDecode(handle, at, end, most, longest) >>> 0,
  }
}
