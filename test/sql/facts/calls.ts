// Statements about functions and operators: every overload of the registry over samples of what it takes, and over NULL.
import { registry } from '../../../src/expr/index.ts'
import type { PlainKind } from '../../../src/types/index.ts'
import { samples } from '../../expr/samples.ts'
import { Rng, seedOf } from '../../support/seed.ts'
import { literalText } from './literals.ts'

type Entry = (typeof registry)[number]

/** An expression, and what it is about. */
export interface Fact {
  readonly about: string
  readonly text: string
}

/** Families whose integers are of 64 bits in PostgreSQL too. */
const WIDE = new Set<Entry['family']>(['arithmetic', 'comparison', 'conditional', 'math', 'boolean'])

/** PGlite never comes back from an encoding that it does not know. */
const NEVER_ANSWERED = new Set(['convert_from', 'convert_to'])

/** @param most facts about one overload: the same, whatever others there are */
export function callFacts(most: number): readonly Fact[] {
  const asked = registry.filter(each => !NEVER_ANSWERED.has(each.name))
  return asked.flatMap(entry =>
    entry.overloads.flatMap(({ args, variadic }) => {
      const kinds = variadic === true && args.length > 0 ? [...args, args.at(-1) as PlainKind] : args
      const about = `${entry.name}(${kinds.join(', ')})`
      const rng = new Rng(seedOf(about))
      const texts = new Set(Array.from({ length: kinds.length === 0 ? 1 : most }, () => callText(rng, entry, kinds)))
      return [...texts].flatMap(text => (text === undefined ? [] : [{ about, text }]))
    }),
  )
}

function callText(rng: Rng, entry: Entry, kinds: readonly PlainKind[]): string | undefined {
  const args = kinds.map((kind, i) => {
    const value = rng.oneIn(9) ? null : rng.pick(samples(kind, entry.name, i))
    return literalText(kind, value, !WIDE.has(entry.family))
  })
  return args.includes(undefined) ? undefined : written(entry, args as readonly string[])
}

function written({ name, infix, dialects }: Entry, args: readonly string[]): string {
  const [a, b, c] = args
  if (infix !== undefined && args.length === 1) return `(${infix} ${a})`
  if (infix !== undefined && args.length === 2) return `(${a} ${infix} ${b})`
  if (infix !== undefined && args.length === 3 && / ?I?LIKE$/.test(infix)) return `(${a} ${infix} ${b} ESCAPE ${c})`
  const postgres = dialects?.postgres
  return `${postgres === undefined || postgres.includes('(') ? name : postgres}(${args.join(', ')})`
}

const FORMS: readonly string[] = [
  'coalesce(@, @, @)',
  'nullif(@, @)',
  'greatest(@, @, @)',
  'least(@, @)',
  '(@ IN (@, @))',
  '(@ NOT IN (@, @))',
  '(@ BETWEEN @ AND @)',
  '(@ NOT BETWEEN SYMMETRIC @ AND @)',
  '(@ IS NULL)',
  '(@ IS NOT NULL)',
  '(@ IS DISTINCT FROM @)',
  '(@ IS NOT DISTINCT FROM @)',
  '(@ = @)',
  '(@ <> @)',
  '(@ < @)',
  '(@ >= @)',
  'CASE @ WHEN @ THEN 1 WHEN @ THEN 2 ELSE 3 END',
  'CASE WHEN @ > @ THEN @ ELSE @ END',
  'CASE WHEN @ IS NULL THEN @ END',
]

const KINDS: readonly PlainKind[] = [
  'boolean',
  'int',
  'double',
  'string',
  'binary',
  'timestamp',
  'date',
  'time',
  'interval',
  'uuid',
  'decimal',
]

/** What is written in words of its own, over values of one kind. */
export function formFacts(most: number): readonly Fact[] {
  return KINDS.flatMap(kind =>
    FORMS.flatMap(form => {
      const about = `${form} of ${kind}`
      const rng = new Rng(seedOf(about))
      const make = (): string => {
        const none = literalText(kind, null, false) as string
        const one = (): string => literalText(kind, rng.pick(samples(kind, 'form', 0)), false) ?? none
        return form.replaceAll('@', () => (rng.oneIn(4) ? none : one()))
      }
      const texts = new Set(Array.from({ length: most }, make))
      return [...texts].map(text => ({ about, text }))
    }),
  )
}
