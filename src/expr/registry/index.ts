// All functions by name. Adding one is adding an entry to its family's file.
import { integer } from '../../types/index.ts'
import { arithmetic } from './arithmetic.ts'
import { arrays } from './array.ts'
import { nested } from './array-nested.ts'
import { booleans } from './boolean.ts'
import { comparisons } from './comparison.ts'
import { conditionals } from './conditional.ts'
import { dateTimes } from './datetime.ts'
import type { Entry } from './entry.ts'
import { intervals } from './interval.ts'
import { jsons } from './json.ts'
import { lists } from './list.ts'
import { mathematics } from './math.ts'
import { moments } from './moments.ts'
import { numberTexts } from './number-text.ts'
import { patterns } from './pattern.ts'
import { strings } from './string.ts'
import { bitOperations, texts } from './text.ts'
import { trigonometry } from './trigonometry.ts'

/** Functions whose whole number is an `integer` of SQL: no more than 32 bits. */
const INTEGERS: ReadonlySet<string> = new Set([
  ...['length', 'octet_length', 'bit_length', 'strpos', 'ascii', 'regexp_count', 'regexp_instr'],
  ...['width_bucket', 'json_length', 'scale', 'min_scale', 'cardinality'],
])

const inBits = (entry: Entry): Entry =>
  INTEGERS.has(entry.name)
    ? {
        ...entry,
        overloads: entry.overloads.map(each => (each.result === 'int' ? { ...each, typed: () => integer } : each)),
      }
    : entry

export const registry: readonly Entry[] = Object.freeze(
  [
    ...arithmetic,
    ...comparisons,
    ...booleans,
    ...conditionals,
    ...strings,
    ...texts,
    ...patterns,
    ...mathematics,
    ...trigonometry,
    ...bitOperations,
    ...dateTimes,
    ...intervals,
    ...moments,
    ...numberTexts,
    ...jsons,
    ...lists,
    ...arrays,
    ...nested,
  ].map(inBits),
)

const byName = new Map<string, Entry>()
for (const entry of registry) for (const name of [entry.name, ...(entry.aliases ?? [])]) byName.set(name, entry)

/** The entry of a function, by its name or an alias. */
export function entryOf(name: string): Entry | undefined {
  return byName.get(name)
}

export function functionNames(): readonly string[] {
  return [...byName.keys()]
}
