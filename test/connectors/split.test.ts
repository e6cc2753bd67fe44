// Law: splitting by key in a kernel gives the parts of splitting row by row: rows in order, parts as they first appear.
import assert from 'node:assert/strict'
import { partitionFolder } from '../../src/connectors/folder/names.ts'
import { splitter } from '../../src/connectors/folder/split.ts'
import { batchFromRows, Memory, rowNumbers, withSelection } from '../../src/data/index.ts'
import { field, scalars, schemaOf } from '../../src/types/index.ts'
import { seeded } from '../support/seed.ts'

const schema = schemaOf([
  field('id', scalars.int),
  field('text', scalars.string, true),
  field('n', scalars.double, true),
  field('flag', scalars.boolean, true),
  field('day', scalars.date, true),
])
type Row = { id: number; text: string | null; n: number | null; flag: boolean | null; day: Date | null }

const texts = [
  null,
  '',
  'a',
  'ab',
  'exactly twelve',
  'exactly twelvf',
  'a text that is longer than a view',
  '..',
  '/',
  '日本',
]
const numbers = [null, 0, -0, 1.5, Number.NaN, 1e300]
const days = [null, new Date('2001-01-01'), new Date('1969-12-31')]

seeded('a kernel splits as a loop over rows does', random => {
  const pick = <T>(from: readonly T[]): T => random.pick(from)
  const memory = new Memory()
  const [rowsArena, arena] = [memory.arena(), memory.arena()]
  const rows = Array.from({ length: random.int(1, 400) }, (_, id): Row => {
    return { id, text: pick(texts), n: pick(numbers), flag: pick([null, true, false]), day: pick(days) }
  })
  const columns = pick([['text'], ['n'], ['flag', 'text'], ['day', 'n', 'text', 'flag'], ['id']] as const)
  const kept = rows.map((_, i) => i).filter(() => !random.oneIn(4))
  const whole = batchFromRows(rows, schema, rowsArena)
  const batch = withSelection(whole, rowsArena.put(new Uint8Array(Uint32Array.from(kept).buffer)), kept.length)
  const expected = new Map<string, number[]>()
  for (const i of kept) {
    const folder = columns.map(name => partitionFolder(name, rows[i]?.[name])).join('/')
    expected.set(folder, [...(expected.get(folder) ?? []), i])
  }
  const found = new Map<string, number[]>()
  for (const part of splitter(schema, columns, memory, arena)(batch)) {
    found.set(part.partition, [...(found.get(part.partition) ?? []), ...rowNumbers(part.batch, memory)])
  }
  for (const ids of found.values()) ids.sort((a, b) => a - b) // 0 and -0 are two keys with one folder
  assert.deepEqual([...found], [...expected], `by ${columns}`)
})
