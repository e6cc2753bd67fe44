// k-means: a bulk iteration. In a round every point goes to its nearest centre, and every centre to the mean of its points;
// it ends when no centre moves by more than a hundredth.
import { lit, read, t } from 'millrace'

const clusters = [
  [1, 1],
  [8, 8],
  [1, 8],
]
const points = read.from(
  Array.from({ length: 300 }, (_, id) => {
    const [x = 0, y = 0] = clusters[id % 3] ?? []
    return { id, x: x + Math.sin(id * 7) * 0.9, y: y + Math.cos(id * 13) * 0.9 }
  }),
  { schema: t.row({ id: t.int(), x: t.double(), y: t.double() }) },
)
// Every point meets every centre: both have the same number.
const located = points.select(p => ({ all: lit(1), id: p.id, px: p.x, py: p.y }))
const seeds = points.where(p => p.id.lt(3)).select(p => ({ centre: p.id, x: p.x, y: p.y }))

const centres = seeds.iterate(
  now =>
    now
      .withColumn('all', () => lit(1))
      .join(located, {
        on: (c, p) => c.all.eq(p.all),
        select: (c, p) => ({
          id: p.id,
          px: p.px,
          py: p.py,
          centre: c.centre,
          distance: c.x
            .sub(p.px)
            .mul(c.x.sub(p.px))
            .add(c.y.sub(p.py).mul(c.y.sub(p.py))),
        }),
      })
      .topN(1, { per: 'id', by: d => [d.distance, d.centre] })
      .groupBy('centre')
      .agg(g => ({ x: g.px.avg(), y: g.py.avg() })),
  {
    maxRounds: 50,
    until: (now, next) =>
      next
        .join(now.rename({ x: 'oldX', y: 'oldY' }), { on: (a, b) => a.centre.eq(b.centre) })
        .where(c => c.x.sub(c.oldX).abs().gt(0.01).or(c.y.sub(c.oldY).abs().gt(0.01))),
  },
)

const found = await centres.orderBy(c => c.centre).collect()
console.table(found)
for (const [i, { x, y }] of found.entries()) {
  const [wantedX = 0, wantedY = 0] = clusters[i] ?? []
  if (Math.hypot(x - wantedX, y - wantedY) > 0.3) throw new Error(`centre ${i} is at ${x}, ${y}`)
}
