// What columns does a function return? It is tried on made-up rows whose values are recognised when they come back:
// such a column keeps its type. Two rows are tried: one with a value everywhere, one with null where the schema allows
// it; a column that is null (or missing) in either is nullable. Anything else must be named by the user.
import { fail } from '../base/index.ts'
import { type ColumnType, type Field, field, type Schema, scalars, schemaOf } from '../types/index.ts'
import { show } from './encode.ts'
import { clockText } from './interval.ts'

type Verb = 'map' | 'flatMap'
type Sample = Record<string, unknown>

/** What came back for a column: its type, and whether it can be null; a type of undefined: only null was seen. */
interface Seen {
  readonly type: ColumnType | undefined
  readonly nullable: boolean
}

/**
 * The columns of a function's results. Numbers that are no column of the input are double, Dates are timestamps,
 * arrays and objects json.
 * Throws MAP_NEEDS_SCHEMA when trying does not tell.
 */
export function probeSchema(fn: (row: never) => unknown, input: Schema, verb: Verb = 'map'): Schema {
  const full = sampleOf(input, false)
  const sparse = sampleOf(input, true)
  const results = resultsOf(fn, full, verb)
  const more = input.fields.some(each => each.nullable) ? attempt(() => resultsOf(fn, sparse, verb)) : undefined
  const columns = [
    columnsOf(results, input, full, verb),
    ...(more === undefined ? [] : [columnsOf(more, input, sparse, verb)]),
  ]
  const names = [...new Set(columns.flatMap(each => [...each.keys()]))]
  if (names.length === 0) return unknown(verb, 'it returned a row without columns')
  return schemaOf(
    names.map(name =>
      merge(
        name,
        columns.map(each => each.get(name)),
        verb,
      ),
    ),
  )
}

/** What a function gives, or undefined where it can't do with nulls: then rows with nulls fail in a run too, and say so. */
function attempt<T>(task: () => T): T | undefined {
  try {
    return task()
  } catch {
    return undefined
  }
}

function merge(name: string, seen: readonly (Seen | undefined)[], verb: Verb): Field {
  const nullable = seen.some(each => each === undefined || each.nullable)
  const types = seen.flatMap(each => (each?.type === undefined ? [] : [each.type]))
  const [first] = types
  if (first === undefined) return unknown(verb, `column ${show(name)} was null`)
  // A carried int or float that is replaced by a number elsewhere is a number of either kind: double holds both.
  const kinds = new Set(types.map(type => type.kind))
  if (kinds.size === 1) return field(name, first, nullable)
  const numeric = [...kinds].every(kind => kind === 'int' || kind === 'float' || kind === 'double')
  return numeric
    ? field(name, scalars.double, nullable)
    : unknown(verb, `column ${show(name)} has values of several types`)
}

function unknown(verb: Verb, reason: string, cause?: unknown): never {
  return fail('MAP_NEEDS_SCHEMA', { verb, reason }, {}, cause)
}

function resultsOf(fn: (row: never) => unknown, sample: Sample, verb: Verb): Sample[] {
  const results = call(fn, sample, verb)
  for (const each of results) {
    if (each instanceof Promise) unknown(verb, 'it returned a promise')
    if (typeof each !== 'object' || each === null) unknown(verb, `it returned ${show(each)}`)
  }
  return results as Sample[]
}

function call(fn: (row: never) => unknown, sample: Sample, verb: Verb): unknown[] {
  try {
    const result = fn(Object.freeze({ ...sample }) as never)
    if (verb === 'map') return [result]
    const all = typeof result === 'string' ? [] : [...(result as Iterable<unknown>)]
    return all.length > 0 ? all : unknown(verb, 'it returned no row for the row it was tried on')
  } catch (error) {
    return unknown(
      verb,
      error instanceof Error ? `it threw ${error.name}: ${error.message}` : `it threw ${show(error)}`,
      error,
    )
  }
}

/** Per name what all results say together. */
function columnsOf(results: readonly Sample[], input: Schema, sample: Sample, verb: Verb): Map<string, Seen> {
  const names = [...new Set(results.flatMap(each => Object.keys(each)))]
  const seen = (name: string): Seen => {
    const each = results.map(result => seenIn(name, result[name], input, sample))
    if (each.every(one => one.type === undefined)) return { type: undefined, nullable: true }
    const merged = merge(name, each, verb)
    return { type: merged.type, nullable: merged.nullable }
  }
  return new Map(names.map(name => [name, seen(name)]))
}

function seenIn(name: string, value: unknown, input: Schema, sample: Sample): Seen {
  if (value === null || value === undefined) return { type: undefined, nullable: true }
  const carried = carriedFrom(name, value, input, sample)
  if (carried !== undefined) return { type: carried.type, nullable: false }
  return { type: typeOf(value), nullable: false }
}

/** The column of the input whose sample this is; of booleans, which are all alike, only the one of the same name. */
function carriedFrom(name: string, value: unknown, input: Schema, sample: Sample): Field | undefined {
  return input.fields.find(each => {
    if (typeof value === 'boolean' && each.name !== name) return false
    const mine = sample[each.name]
    if (value instanceof Date && mine instanceof Date) return value.getTime() === mine.getTime()
    return Object.is(mine, value)
  })
}

function typeOf(value: unknown): ColumnType | undefined {
  switch (typeof value) {
    case 'boolean':
      return scalars.boolean
    case 'number':
      return scalars.double
    case 'bigint':
      return scalars.bigint
    case 'string':
      return scalars.string
    case 'object':
      return value instanceof Date ? scalars.timestamp : value instanceof Uint8Array ? scalars.binary : scalars.json
    default:
      return undefined
  }
}

/** A row of values that no function makes up by accident; with `sparse`, null where it may be. */
function sampleOf(input: Schema, sparse: boolean): Sample {
  const sample: Sample = {}
  input.fields.forEach((each, i) => {
    const value = sparse && each.nullable ? null : sampleValue(each.type, each.name, i)
    Object.defineProperty(sample, each.name, { value, enumerable: true })
  })
  return sample
}

const DAY_MS = 86_400_000

function sampleValue(type: ColumnType, name: string, i: number): unknown {
  switch (type.kind) {
    case 'boolean':
      return true
    case 'int':
      return 7_919_001 + i * 7_907
    case 'bigint':
      return 7_919_000_001n + BigInt(i) * 7_907n
    case 'float':
      return Math.fround(7_919.5 + i)
    case 'double':
      return 7_919.123 + i * 1.7
    case 'string':
      return `sample of ${name} ${i}`
    case 'binary':
      return Uint8Array.of(115, i)
    case 'timestamp':
      return new Date(Date.UTC(2001, 1, 3, 4, 5, 6) + i * 1009)
    case 'date':
      return new Date(Date.UTC(2001, 1, 3) + i * DAY_MS)
    case 'json':
      return Object.freeze({ sample: i })
    case 'time':
      return clockText(BigInt(i * 1_000_003 + 7_919) % 86_400_000_000n)
    case 'interval':
      return Object.freeze({ months: i + 1, days: 7, micros: 919 })
    case 'uuid':
      return `5a3b1c00-0000-4000-8000-${String(i).padStart(12, '0')}`
    case 'decimal':
      return `${i + 7}.${'919'.padEnd(type.scale ?? 3, '0').slice(0, type.scale ?? 3)}`.replace(/\.$/, '')
    case 'list':
      return Object.freeze([sampleValue(type.element.type, name, i)])
    case 'map':
      return Object.freeze(new Map([[sampleValue(type.key, name, i), sampleValue(type.value.type, name, i)]]))
    case 'struct':
      return sampleOf({ fields: type.fields.map(each => ({ ...each, nullable: false })) }, false)
  }
}
