import { explode } from '../../src/ops/explode.ts'
import { explodeTwin } from '../../src/ops/reference/explode.ts'
import { type ColumnType, field, type ListType, type Schema, scalars, schemaOf, t } from '../../src/types/index.ts'
import { type Rng, seeded } from '../support/seed.ts'
import { checkTwin } from './harness.ts'

const Item = { sku: t.string(), n: t.int().nullable() }
const words = ['', 'a', 'twelve bytes', 'thirteen bytes']

const makers: readonly (readonly [ColumnType, (rng: Rng) => unknown])[] = [
  [t.list(t.int().nullable()).type, rng => rng.list(4, () => (rng.oneIn(4) ? null : rng.int(-2, 2)))],
  [t.list(t.string()).type, rng => rng.list(4, () => rng.pick(words))],
  [
    t.list(t.struct(Item).nullable()).type,
    rng => rng.list(3, () => (rng.oneIn(4) ? null : { sku: rng.pick(words), n: rng.oneIn(3) ? null : rng.int(0, 2) })),
  ],
  [t.list(t.list(t.double())).type, rng => rng.list(3, () => rng.list(2, () => rng.pick([0.5, 1, -1])))],
  [
    t.map(t.string(), t.boolean().nullable()).type,
    // Entries come out by key.
    rng =>
      new Map([...new Set(rng.list(3, () => rng.pick(words)))].sort().map(key => [key, rng.pick([true, false, null])])),
  ],
  [t.json().type, rng => rng.list(3, () => rng.pick([1, 'x', { a: [1, 2] }, [']']]))],
]

function fieldsFor(type: ColumnType, names: readonly string[], outer: boolean): Schema['fields'] {
  if (type.kind === 'map')
    return [field(names[0] as string, type.key, outer), field(names[1] as string, type.value.type, true)]
  if (type.kind === 'json') return [field(names[0] as string, scalars.json, outer)]
  const { element } = type as ListType
  return [field(names[0] as string, element.type, element.nullable || outer)]
}

seeded('a row per element, of lists, maps and json arrays; its twin is flatMap', rng => {
  const [type, make] = rng.pick(makers)
  const [outer, ordinal] = [rng.oneIn(2), rng.oneIn(2)]
  const names = type.kind === 'map' ? ['k', 'v'] : ['element']
  const input = schemaOf([field('id', scalars.int), field('xs', type, true), field('text', scalars.string, true)])
  const [id, , text] = input.fields as [Schema['fields'][0], unknown, Schema['fields'][0]]
  const output = schemaOf([
    id,
    ...fieldsFor(type, names, outer),
    text,
    ...(ordinal ? [field('n', scalars.int, outer)] : []),
  ])
  checkTwin(rng, {
    build: context => explode({ column: 1, type: type as ListType, ordinal, outer }, context),
    inputs: [input],
    outputs: [output],
    row: random => ({
      id: random.int(0, 3),
      xs: random.oneIn(5) ? null : make(random),
      text: random.oneIn(3) ? null : random.pick(words),
    }),
    twin: ([rows]) => [explodeTwin(rows ?? [], 'xs', names, ordinal ? 'n' : undefined, outer)],
    retracts: true,
  })
})
