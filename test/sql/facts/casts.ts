// Statements about casts: texts that are values of a type, nearly, or not at all; and values of one type as another.
import type { PlainKind } from '../../../src/types/index.ts'
import { samples } from '../../expr/samples.ts'
import { Rng, seedOf } from '../../support/seed.ts'
import type { Fact } from './calls.ts'
import { literalText, NAMES, quoted } from './literals.ts'

const TO: readonly PlainKind[] = [
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
  'json',
  'decimal',
]

export function textFacts(): readonly Fact[] {
  return TO.flatMap(to =>
    (samples('string', `cast to ${to}`, 0) as readonly string[]).flatMap(text =>
      text.includes('\u0000') ? [] : [{ about: `text to ${to}`, text: `${quoted(text)}::text::${NAMES[to]}` }],
    ),
  )
}

export function castFacts(most: number): readonly Fact[] {
  return TO.flatMap(from =>
    TO.filter(to => to !== from && from !== 'string').flatMap(to => {
      const values = new Rng(seedOf(`${from} to ${to}`))
        .shuffled([...samples(from, `cast to ${to}`, 0), null])
        .slice(0, most)
      const texts = values.flatMap(value => literalText(from, value, false) ?? [])
      return texts.map(text => ({ about: `${from} to ${to}`, text: `${text}::${NAMES[to]}` }))
    }),
  )
}
