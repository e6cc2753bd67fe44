// The state of a user-defined aggregate as text: JSON, with tags for what JSON has no word for. An object of a class is
// refused: it would come back without its methods.

type Tagged = readonly [tag: string, value?: unknown]

/** Plain data as text; undefined when it holds something that is not (a class, a function, a symbol). */
export function toText(value: unknown): string | undefined {
  const packed = pack(value)
  return packed === undefined ? undefined : JSON.stringify(packed)
}

export function fromText(text: string): unknown {
  return unpack(JSON.parse(text))
}

/** Arrays in the packed form are always tagged. */
function pack(value: unknown): unknown {
  switch (typeof value) {
    case 'string':
    case 'boolean':
      return value
    case 'number':
      return Number.isFinite(value) && !Object.is(value, -0)
        ? value
        : ['number', Object.is(value, -0) ? '-0' : `${value}`]
    case 'bigint':
      return ['bigint', `${value}`]
    case 'undefined':
      return ['undefined']
    case 'object':
      return value === null ? null : packObject(value)
    default:
      return undefined
  }
}

function packObject(value: object): unknown {
  if (Array.isArray(value)) return tagged('array', packAll(value))
  if (value instanceof Date) return ['date', `${value.getTime()}`]
  if (value instanceof Uint8Array) return ['bytes', [...value]]
  if (value instanceof Map) return tagged('map', packAll([...value].flat(1)))
  if (value instanceof Set) return tagged('set', packAll([...value]))
  const prototype = Object.getPrototypeOf(value)
  if (prototype !== Object.prototype && prototype !== null) return undefined
  return tagged('object', packAll(Object.entries(value).flat(1)))
}

const tagged = (tag: string, values: readonly unknown[] | undefined): Tagged | undefined =>
  values === undefined ? undefined : [tag, values]

function packAll(values: readonly unknown[]): readonly unknown[] | undefined {
  const packed = values.map(pack)
  return packed.includes(undefined) ? undefined : packed
}

function unpack(packed: unknown): unknown {
  if (!Array.isArray(packed)) return packed
  const [tag, value] = packed as [string, unknown]
  const values = (): unknown[] => (value as unknown[]).map(unpack)
  switch (tag) {
    case 'number':
      return Number(value)
    case 'bigint':
      return BigInt(value as string)
    case 'undefined':
      return undefined
    case 'date':
      return new Date(Number(value))
    case 'bytes':
      return Uint8Array.from(value as number[])
    case 'array':
      return values()
    case 'map':
      return new Map(pairs(values()))
    case 'set':
      return new Set(values())
    default:
      return Object.fromEntries(pairs(values()) as [string, unknown][])
  }
}

function pairs(flat: readonly unknown[]): [unknown, unknown][] {
  return Array.from({ length: flat.length / 2 }, (_, i) => [flat[2 * i], flat[2 * i + 1]])
}
