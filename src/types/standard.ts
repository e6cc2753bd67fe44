// Schemas of other libraries (zod, valibot, arktype …) through the two interfaces they share: Standard Schema
// (https://standardschema.dev) for the row type, Standard JSON Schema for the columns. Nothing is imported from them.
// Types and nullability become columns. Rows are decoded, not validated: refinements (lengths, patterns) are not
// columns, and transforms other than to Date do not run: put them into where and select.
import { excerpt, fail } from '../base/index.ts'
import type { RowSchema } from './build.ts'
import type { Schema } from './column.ts'
import { fromJsonSchema } from './json-schema.ts'
import { MOMENTS, sampleOf } from './sample.ts'
import type { Flat } from './values.ts'

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

/**
 * The row type of either. Columns are what the schema takes (its input), as its transforms do not run; only texts that
 * it makes Dates of are Dates. What may be missing is null.
 */
export type RowOfInput<S> =
  S extends StandardSchema<infer Input, infer Output>
    ? Flat<{ -readonly [K in keyof Input]-?: InputValue<Input[K], K extends keyof Output ? Output[K] : unknown> }>
    : S extends RowSchema<infer Row>
      ? Row
      : never

type InputValue<I, O> = unknown extends I ? unknown : Present<NonNullable<I>, NonNullable<O>> | NullWhere<I>
type Present<I, O> = [O] extends [never] ? I : [O] extends [Date] ? Date : I
type NullWhere<I> = null extends I ? null : undefined extends I ? null : never

/** The columns of either kind of schema. Fails with BAD_SCHEMA when there is no saying what the columns are. */
export function toSchema(input: SchemaInput): Schema {
  if (input === null || (typeof input !== 'object' && typeof input !== 'function'))
    return refuse('it is not a schema', 'write t.row({ … }), or give a schema of zod, valibot or arktype')
  if ('fields' in input && Array.isArray(input.fields)) return input
  const standard = (input as Partial<StandardSchema>)['~standard']
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

/**
 * Is a text column a Date for the program? The JSON Schema of the input can't say: validating a sample row does. A
 * column without a date format is text when its sample is refused; one with it, and no answer, is refused.
 */
function instantsOf(standard: Standard, json: object): (column: string) => boolean {
  const properties = (json as { properties?: Record<string, unknown> }).properties ?? {}
  return name => {
    const format = (properties[name] as { format?: unknown })?.format
    const dated = typeof format === 'string' && Object.hasOwn(MOMENTS, format)
    const sample = Object.fromEntries(Object.entries(properties).map(([key, each]) => [key, sampleOf(each)]))
    const moment = MOMENTS[dated ? format : 'date-time']
    Object.defineProperty(sample, name, { value: moment, enumerable: true, writable: true, configurable: true })
    const result = standard.validate(sample) as Validated | Promise<unknown>
    if (!(result instanceof Promise) && result?.value !== undefined) return result.value[name] instanceof Date
    return dated ? undecided(name, result) : false
  }
}

interface Validated {
  readonly value?: Record<string, unknown>
  readonly issues?: readonly { readonly path?: readonly unknown[]; readonly message?: string }[]
}

/** Tell which column's sample was refused: an example in the schema helps. */
function undecided(name: string, result: Validated | Promise<unknown>): never {
  const issue = result instanceof Promise ? undefined : result?.issues?.[0]
  const at = issue?.path?.map(each => String((each as { key?: unknown })?.key ?? each)).join('.')
  const why =
    result instanceof Promise
      ? 'the schema validates asynchronously'
      : `a sample row was refused${at === undefined ? '' : ` at ${excerpt(at, 40)}`}: ${excerpt(issue?.message ?? 'invalid', 60)}`
  return refuse(
    `whether column ${excerpt(name, 40)} is a Date or text can't be found out (${why})`,
    'give the refused column an example in the schema (JSON Schema "examples"), or write the row with t.row({ … })',
  )
}

function refuse(reason: string, fix: string): never {
  fail('BAD_SCHEMA', { reason, fix })
}
