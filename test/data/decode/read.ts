// Decodes a text whole and gives plain values, for tests.
import type { MillraceError } from '../../../src/base/index.ts'
import {
  type Batch,
  type Column,
  createDecoder,
  type DecoderOptions,
  intervalParts,
  isoText,
  Kind,
  Memory,
  uuidText,
} from '../../../src/data/index.ts'
import { field, leaves, type PlainKind, type Schema, scalars, schemaOf } from '../../../src/types/index.ts'

export const memory = new Memory()

/** 'id int, name string?': a question mark is nullable. */
export function schema(text: string): Schema {
  return schemaOf(
    text.split(', ').map(each => {
      const [name, kind = ''] = each.split(' ')
      return field(name as string, scalars[kind.replace('?', '') as PlainKind], kind.endsWith('?'))
    }),
  )
}

export type Value = null | boolean | number | bigint | string | Uint8Array

const bit = (ptr: number, row: number): boolean => ((memory.u8[ptr + (row >> 3)] as number) >> (row & 7)) % 2 === 1

function viewBytes(view: number): Uint8Array {
  const length = memory.u32[view >>> 2] as number
  return memory.bytes(length <= 12 ? view + 4 : (memory.u32[(view >>> 2) + 3] as number), length).slice()
}

export function valueAt(column: Column, kind: PlainKind, row: number): Value {
  const { values, validity } = column
  if (validity !== 0 && !bit(validity, row)) return null
  if (column.kind === Kind.BOOL) return bit(values, row)
  if (column.kind === Kind.I32) return memory.i32[(values >>> 2) + row] as number
  if (column.kind === Kind.I64) return memory.i64[(values >>> 3) + row] as bigint
  if (column.kind === Kind.F32) return memory.f32[(values >>> 2) + row] as number
  if (column.kind === Kind.F64) return memory.f64[(values >>> 3) + row] as number
  const bytes = viewBytes(values + row * 16)
  if (kind === 'uuid') return uuidText(bytes)
  if (kind === 'interval') return isoText(intervalParts(bytes))
  return kind === 'binary' ? bytes : new TextDecoder('utf-8', { fatal: true }).decode(bytes)
}

export function rowsOf(batch: Batch, kinds: readonly PlainKind[]): Value[][] {
  return Array.from({ length: batch.rows }, (_, row) =>
    batch.columns.map((column, index) => valueAt(column, kinds[index] as PlainKind, row)),
  )
}

export interface Decoded {
  readonly rows: Value[][]
  readonly bad: MillraceError[]
  readonly raw: string[]
  readonly places: string[]
}

type Rest = Partial<Omit<DecoderOptions, 'schema' | 'memory'>> & { readonly maxRows?: number }

/** All of the pieces, pushed one after another. */
export function decodePieces(shape: Schema, pieces: readonly (string | Uint8Array)[], rest: Rest = {}): Decoded {
  const out: Decoded = { rows: [], bad: [], raw: [], places: [] }
  const badRow = (error: MillraceError, raw: Uint8Array): void => {
    out.bad.push(error)
    out.raw.push(new TextDecoder().decode(raw))
  }
  const kinds = (rest.columns ?? shape.fields.map(each => each.name)).map(
    name => leaves(shape).find(leaf => leaf.path[0] === name)?.type.kind as PlainKind,
  )
  const decoder = createDecoder({
    format: { kind: 'json' },
    source: 'test.jsonl',
    badRow,
    ...rest,
    schema: shape,
    memory,
  })
  pieces.forEach((piece, index) => {
    decoder.push(typeof piece === 'string' ? new TextEncoder().encode(piece) : piece, index === pieces.length - 1)
    for (let batch = decoder.next(rest.maxRows); batch !== undefined; batch = decoder.next(rest.maxRows)) {
      out.rows.push(...rowsOf(batch, kinds))
      const { origin } = batch
      for (let row = 0; row < batch.rows; row++) {
        const at = origin?.position(row)
        out.places.push(`${at?.line}:${at?.byte}`)
      }
    }
  })
  decoder.close()
  return out
}

export function decode(shape: string, text: string | Uint8Array, rest: Rest = {}): Decoded {
  return decodePieces(schema(shape), [text], rest)
}
