// Law 7 for the plan of a batch (src/plan/batch.ts): whichever side of a join is the smaller, and whatever is read twice, the
// answer is that of the plan as written.
import assert from 'node:assert/strict'
import { memoryInput } from '../../src/connectors/index.ts'
import type { Node } from '../../src/plan/index.ts'
import { sessionOf } from '../../src/runtime/index.ts'
import { type Table, tableOf } from '../../src/table/index.ts'
import { virtualWorld } from '../../src/testing/index.ts'
import { t } from '../../src/types/index.ts'
import { Rng, seeded } from '../support/seed.ts'

const Left = t.row({ id: t.int(), k: t.string().nullable(), at: t.timestamp() })
const Right = t.row({ no: t.int(), key: t.string().nullable(), when: t.timestamp() })
type L = Table<{ id: number; k: string | null; at: Date }, 'append'>
type R = Table<{ no: number; key: string | null; when: Date }, 'append'>

const minute = (rng: Rng): Date => new Date(rng.int(0, 30) * 60_000)
const key = (rng: Rng): string | null => rng.pick(['a', 'b', 'c', null])
const span = (rng: Rng) => `${rng.int(0, 9)} minutes` as const

const pairs = (l: L, r: R, rng: Rng) =>
  l.join(r, {
    on: (a, b) => a.k.eq(b.key).and(a.id.lt(b.no)),
    select: (a, b) => ({ id: a.id, no: b.no, at: a.at }),
    ...(rng.oneIn(2) ? { within: { before: span(rng), after: span(rng) } } : {}),
  })

/** Joins of both tables, by random conditions. */
const shapes: readonly ((l: L, r: R, rng: Rng) => { readonly node: Node })[] = [
  pairs,
  (l, r, rng) =>
    pairs(l, r, rng)
      .groupBy('id')
      .agg(g => ({ n: g.count(), most: g.no.max() })),
  (l, r, rng) => pairs(l, r, rng).join(r, { on: (p, b) => p.no.eq(b.no), select: (p, b) => ({ id: p.id, b: b.key }) }),
  (l, r, rng) => {
    const size = { tumbling: `${rng.int(1, 9)} minutes` } as const
    const counts = r
      .window(size)
      .groupBy('key')
      .agg(g => ({ n: g.count() }))
    return l.window(size).join(counts, { on: (a, b) => a.window.eq(b.window).and(a.k.eq(b.key)), select: (a, b) => ({ id: a.id, n: b.n }) }) // biome-ignore format: a line
  },
  (l, _r, rng) => {
    const most = l.groupBy('k').agg(g => ({ most: g.id.max() }))
    const of = rng.oneIn(2) ? l.where(a => a.id.gt(2)) : l
    return of.join(most, { on: (a, b) => a.k.eq(b.k).and(a.id.eq(b.most)), select: a => ({ id: a.id, at: a.at }) })
  },
  (l, _r, rng) =>
    l.join(l, {
      on: (a, b) => a.k.eq(b.k).and(a.id.lt(b.id)),
      within: { before: span(rng), after: span(rng) },
      select: (a, b) => ({ first: a.id, second: b.id }),
    }),
]

seeded(
  'the plan of a batch gives the answer of the plan as written',
  async rng => {
    const lefts = rng.list(20, each => ({ id: each.int(0, 9), k: key(each), at: minute(each) }))
    const rights = rng.list(20, each => ({ no: each.int(0, 9), key: key(each), when: minute(each) }))
    const shape = rng.pick(shapes)
    const seed = rng.uint32()
    const answer = async (sizes: readonly (number | undefined)[]): Promise<string[]> => {
      const known = <Spec extends object>(spec: Spec, size: number | undefined): Spec =>
        size === undefined ? spec : { ...spec, bytes: async () => size }
      const l = tableOf(known(memoryInput(Left, {}, lefts).spec, sizes[0]), {} as never, { time: 'at' }) as unknown as L
      const r = tableOf(known(memoryInput(Right, {}, rights).spec, sizes[1]), {} as never, { time: 'when' }) as unknown as R // biome-ignore format: a line
      const { node } = shape(l, r, new Rng(seed))
      const { rows } = await sessionOf(virtualWorld(), { memory: '64 MB' }).collect(node)
      return rows.map(row => JSON.stringify(row)).sort()
    }
    const expected = await answer([undefined, undefined])
    for (const sizes of [[1, 1000], [1000, 1], [5, 5]]) assert.deepEqual(await answer(sizes), expected, `sizes ${sizes}`) // biome-ignore format: short
  },
  { runs: 60 },
)
