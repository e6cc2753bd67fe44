// A value that a JSON Schema takes, for the sample row that tells dates from text. What a pattern wants can't be
// guessed: an example in the schema says it.

type Json = Readonly<Record<string, unknown>>

/** Texts that are an instant or a day, by the format that says so. */
export const MOMENTS: Readonly<Record<string, string>> = Object.freeze({
  'date-time': '2001-02-03T04:05:06Z',
  date: '2001-02-03',
})

const TEXTS: Readonly<Record<string, string>> = Object.freeze({
  ...MOMENTS,
  time: '04:05:06Z',
  duration: 'P1D',
  email: 'a@example.org',
  hostname: 'example.org',
  ipv4: '192.0.2.1',
  ipv6: '2001:db8::1',
  uri: 'https://example.org/',
  uuid: '9b2b38c6-1c0c-4c52-8a5d-2f1d0c9d7a10',
})

/** A value that fits `schema`, as far as its keywords tell. */
export function sampleOf(schema: unknown): unknown {
  const { type, enum: listed, anyOf, examples, const: constant, default: preset } = (schema ?? {}) as Json
  if (Array.isArray(examples) && examples.length > 0) return examples[0]
  if (preset !== undefined) return preset
  if (constant !== undefined) return constant
  if (Array.isArray(listed)) return listed[0]
  if (Array.isArray(anyOf)) return anyOf.some(isNull) ? null : sampleOf(anyOf[0])
  const kinds = [type].flat()
  if (kinds.includes('null')) return null
  if (kinds.includes('string')) return textOf(schema as Json)
  if (kinds.includes('integer') || kinds.includes('number')) return numberOf(schema as Json)
  if (kinds.includes('boolean')) return true
  return kinds.includes('array') ? listOf(schema as Json) : recordOf(schema as Json)
}

const isNull = (schema: unknown): boolean => (schema as Json | null)?.['type'] === 'null'

function textOf({ format, minLength, maxLength }: Json): string {
  const known = TEXTS[String(format)]
  if (known !== undefined) return known
  const wanted = Math.min(Math.max(numeric(minLength) ?? 4, 1), 10_000)
  return 'text'.padEnd(wanted, '.').slice(0, numeric(maxLength) ?? wanted)
}

function numberOf({ minimum, exclusiveMinimum, maximum, exclusiveMaximum, multipleOf }: Json): number {
  const step = numeric(multipleOf) ?? 1
  const low = numeric(minimum) ?? (numeric(exclusiveMinimum) ?? -step) + step
  const high = numeric(maximum) ?? (numeric(exclusiveMaximum) ?? Number.MAX_SAFE_INTEGER) - step
  return Math.ceil(Math.min(Math.max(step, low), high) / step) * step
}

function listOf({ items, minItems }: Json): unknown[] {
  return Array.from({ length: Math.min(numeric(minItems) ?? 0, 100) }, () => sampleOf(items))
}

function recordOf({ properties, required }: Json): object {
  const names = Array.isArray(required) ? required.map(String) : []
  return Object.fromEntries(names.map(name => [name, sampleOf((properties as Json | undefined)?.[name])]))
}

const numeric = (value: unknown): number | undefined => (typeof value === 'number' ? value : undefined)
