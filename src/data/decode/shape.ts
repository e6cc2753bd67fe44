// What lists, maps and structs are made of, in memory, for the kernels that read and write them (assembly/cells.ts).
import type { ColumnType, ElementType, Field } from '../../types/index.ts'
import { type Arena, type Ptr, utf8 } from '../memory.ts'
import { logicalOf, STRUCT } from './codes.ts'

const SHAPE_BYTES = 32

/** The shape of a list or a map. `nameOf`: what the kernel needs of a field's name. */
export function shapeOf(type: ColumnType, arena: Arena, nameOf: (name: string) => string): Ptr {
  return shapes([{ type, nullable: false }], arena, nameOf)
}

function shapes(elements: readonly (ElementType | Field)[], arena: Arena, nameOf: (name: string) => string): Ptr {
  const at = arena.zeroed(elements.length * SHAPE_BYTES)
  for (const [i, each] of elements.entries()) {
    const parts = partsOf(each.type)
    const first = parts.length === 0 ? 0 : shapes(parts, arena, nameOf)
    const name = utf8('name' in each ? nameOf(each.name) : '')
    const text = arena.put(name)
    const kind = each.type.kind === 'struct' ? STRUCT : logicalOf(each.type)
    arena.memory.u32.set([kind, each.nullable ? 1 : 0, parts.length, first, text, name.length], (at >>> 2) + i * 8)
  }
  return at
}

function partsOf(type: ColumnType): readonly (ElementType | Field)[] {
  if (type.kind === 'list') return [type.element]
  if (type.kind === 'map') return [{ type: type.key, nullable: false }, type.value]
  return type.kind === 'struct' ? type.fields : []
}
