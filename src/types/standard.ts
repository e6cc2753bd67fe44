// Schemas of other libraries (zod, valibot, arktype …) through the two interfaces they share: Standard Schema
// (https://standardschema.dev) for the row type, Standard JSON Schema for the columns. Nothing is imported from them.
// Types and nullability become columns; refinements (lengths, patterns) are not columns: put them into where.
import { excerpt, fail } from '../base/index.ts'
import type { RowSchema } from './build.ts'
import type { Schema } from './column.ts'
import { fromJsonSchema } from './json-schema.ts'

/** What a schema library offers, structurally. */
export interface StandardSchema<Input = unknown, Output = Input> {
  readonly '~standard': {
    readonly version: 1
    readonly vendor: string
    readonly validate: (value: unknown) => unknown
    readonly types?: { readonly input: Input; readonly output: Output } | undefined
    readonly jsonSchema?: {
      readonly input: (options: { readonly target: 'draft-2020-12' }) => object
      readonly output?: (options: { readonly target: 'draft-2020-12' }) => object
    }
  }
}

/** What a reader takes as schema: `t.row({…})`, or the schema of a library. */
export type SchemaInput = RowSchema<object> | StandardSchema<unknown, unknown>

/** The row type of either. */
export type RowOfInput<S> =
  S extends StandardSchema<unknown, infer Output>
    ? Output extends object
      ? Output
      : never
    : S extends RowSchema<infer Row>
      ? Row
      : never

/** The columns of either kind of schema. Fails with BAD_SCHEMA when there is no saying what the columns are. */
export function toSchema(input: SchemaInput): Schema {
  if (input === null || (typeof input !== 'object' && typeof input !== 'function'))
    return refuse('it is not a schema', 'write t.row({ … }), or give a schema of zod, valibot or arktype')
  if ('fields' in input) return input
  const standard = input['~standard']
  if (standard === undefined) return refuse('it is neither t.row({ … }) nor a Standard Schema', 'write t.row({ … })')
  const json = jsonSchemaOf(standard)
  return fromJsonSchema(json, instantsOf(standard, json))
}

type Standard = StandardSchema['~standard']

function jsonSchemaOf(standard: Standard): object {
  const { vendor, jsonSchema } = standard
  if (typeof jsonSchema?.input !== 'function')
    return refuse(
      `the ${excerpt(vendor, 20)} schema does not tell its JSON Schema`,
      `wrap it with the library's JSON Schema converter, or write the row with t.row({ … })`,
    )
  try {
    return jsonSchema.input({ target: 'draft-2020-12' })
  } catch (error) {
    const reason = excerpt(error instanceof Error ? error.message : String(error), 120)
    return refuse(
      `the ${excerpt(vendor, 20)} schema has no JSON Schema for its input (${reason})`,
      'for dates use an ISO date-time string (with a codec to Date), or write the row with t.row({ … })',
    )
  }
}

const MOMENTS: Readonly<Record<string, string>> = { 'date-time': '2001-02-03T04:05:06Z', date: '2001-02-03' }

/**
 * Is a date-time column a Date for the program, or text? The JSON Schema of the input can't say: validating a sample
 * row does. A sample that the schema refuses leaves dates as they are declared.
 */
function instantsOf(standard: Standard, json: object): (column: string) => boolean {
  const properties = (json as { properties?: Record<string, { format?: unknown }> }).properties ?? {}
  const dated = Object.entries(properties).filter(([, each]) => String(each?.format) in MOMENTS)
  if (dated.length === 0) return () => true
  return name => {
    const format = String(properties[name]?.format)
    return valueOfSample(standard, name, properties, MOMENTS[format]) instanceof Date
  }
}

function valueOfSample(standard: Standard, name: string, properties: object, moment: unknown): unknown {
  const sample: Record<string, unknown> = Object.fromEntries(
    Object.entries(properties).map(([key, each]) => [key, sampleOf(each)]),
  )
  Object.defineProperty(sample, name, { value: moment, enumerable: true })
  const result = standard.validate(sample) as { value?: Record<string, unknown>; issues?: unknown } | Promise<unknown>
  if (result instanceof Promise || result === null || typeof result !== 'object' || result.value === undefined)
    return refuse(
      `whether column ${excerpt(name, 40)} is a Date or text can't be found out`,
      'write the row with t.row({ … })',
    )
  return result.value[name]
}

/** A value that fits a simple schema. */
function sampleOf(schema: unknown): unknown {
  const { type, format, enum: listed, anyOf, const: constant } = (schema ?? {}) as Record<string, unknown>
  if (constant !== undefined) return constant
  if (Array.isArray(listed)) return listed[0]
  if (Array.isArray(anyOf))
    return anyOf.some(each => (each as { type?: unknown })?.type === 'null') ? null : sampleOf(anyOf[0])
  const kinds = [type].flat()
  if (kinds.includes('null')) return null
  if (kinds.includes('string')) return MOMENTS[String(format)] ?? 'text'
  if (kinds.includes('integer') || kinds.includes('number')) return 1
  if (kinds.includes('boolean')) return true
  return kinds.includes('array') ? [] : {}
}

function refuse(reason: string, fix: string): never {
  fail('BAD_SCHEMA', { reason, fix })
}
