// The options of fillGaps.
import { badArgument, type Duration, micros, optionsFor } from '../base/index.ts'
import { badVerb, type Fill, type FillHow, fillOf, type Node, properties, schema } from '../plan/index.ts'
import type { Flat } from '../types/index.ts'
import { literalFrom } from './literal.ts'

/** What made rows have in a column: the value before the gap, one on the line between, or a value. */
export type FillWith<V> = 'last' | (V extends number | null ? 'linear' : never) | { readonly value: NonNullable<V> }

export interface FillOptions<Row, Per extends keyof Row, Fills> {
  /** The width of a bucket; buckets begin at multiples of it since 1970. */
  readonly every: Duration
  /** The groups: a column or a list of them; default: all rows are one. */
  readonly per?: Per | readonly Per[]
  /** The timestamp column; default: the event time. */
  readonly time?: keyof Row & string
  /** Columns that are not named are null in made rows. */
  readonly fill?: Fills & { readonly [K in keyof Fills]: K extends keyof Row ? FillWith<Row[K]> : never }
  /** Fill from here on, before a group's first row. */
  readonly from?: Date
  /** Fill up to here, behind a group's last row; the bucket of this instant is left out. */
  readonly to?: Date
}

/** Columns that made rows may lack are null in them. */
export type FilledRow<Row, Per, Fills> = Flat<{
  [K in keyof Row]: K extends Per
    ? Row[K]
    : Row[K] extends Date
      ? Row[K]
      : K extends keyof Fills
        ? Fills[K] extends { readonly value: unknown }
          ? Row[K]
          : Row[K] | null
        : Row[K] | null
}>

const SHAPE = "fillGaps({ every: '1 hour', per: 'sensor', time: 'hour', fill: { value: 'last' } })"

export function fillNode(input: Node, options: FillOptions<never, never, object>): Node {
  const { every, per = [], time, fill = {}, from, to } = optionsFor('fillGaps', options, SHAPE)
  if (every === undefined) badVerb('fillGaps', 'it does not say how often', SHAPE)
  return fillOf(input, {
    per: (Array.isArray(per) ? per : [per]) as readonly string[],
    time: time ?? eventTime(input),
    every: micros(every),
    from: instant('from', from),
    to: instant('to', to),
    fill: Object.entries(optionsFor('fillGaps', fill, SHAPE)).map(([name, how]) => ({
      name,
      how: howOf(input, name, how),
    })),
  })
}

function eventTime(input: Node): string {
  const { eventTime: moment } = properties(input)
  const [name, more] = moment?.path ?? []
  return name === undefined || more !== undefined ? badVerb('fillGaps', 'it does not say which time', SHAPE) : name
}

function instant(argument: string, given: Date | undefined): Fill['from'] {
  if (given === undefined) return undefined
  if (given instanceof Date && !Number.isNaN(given.getTime())) return BigInt(given.getTime()) * 1000n
  return badArgument('fillGaps', argument, given, "from: new Date('2026-01-01')")
}

function howOf(input: Node, name: string, how: unknown): FillHow {
  if (how === 'last' || how === 'linear') return how
  const type = schema(input).fields.find(each => each.name === name)?.type
  const value = (how as { readonly value?: unknown } | null)?.value
  const node = value === undefined ? undefined : literalFrom(value, type?.kind as never)
  if (node === undefined)
    return badVerb('fillGaps', `${name} is filled with nothing it can be`, "'last', 'linear' or { value: 0 }")
  return { value: node }
}
