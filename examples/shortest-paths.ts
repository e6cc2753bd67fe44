// Single-source shortest paths, kept up to date: a road is built, a road is closed, and only the towns whose way
// changes are told.
import { millrace, read, t, write } from 'millrace'

const Road = t.row({ src: t.string(), dst: t.string(), km: t.int() })
const roads = read.memory(Road, { weights: true })
const start = read.from([{ town: 'Avon', km: 0 }], { schema: t.row({ town: t.string(), km: t.int() }) })

// The least of all ways that are one road longer; the start is in every round, so what it no longer supports goes.
const distances = start.iterate(known =>
  known
    .join(roads.table, { on: (k, r) => k.town.eq(r.src), select: (k, r) => ({ town: r.dst, km: k.km.add(r.km) }) })
    .union(start)
    .groupBy('town')
    .agg(g => ({ km: g.km.min() })),
)

const told = write.foreach<{ town: string; km: number }>({
  open(_partition, epoch) {
    console.log(`epoch ${epoch}`)
    return true
  },
  process: ({ town, km }, weight) => console.log(`  ${town}: ${weight > 0 ? `${km} km` : 'cut off'}`),
})
await using m = await millrace({ dir: false })
const run = await m.run('distances', distances.to(told, { mode: 'update' }), { unbounded: true })

/** Make a change and wait for its epoch. */
async function during(change: () => Promise<void>): Promise<void> {
  const done = new Promise<void>(resolve => {
    const forget = run.on('progress', () => {
      forget()
      resolve()
    })
  })
  await change()
  await done
}

const road = (src: string, dst: string, km: number) => ({ src, dst, km })
await during(() => roads.push([road('Avon', 'Bury', 5), road('Bury', 'Cray', 5), road('Avon', 'Cray', 20)]))
await during(() => roads.push([road('Cray', 'Dorn', 1)]))
await during(() => roads.pushWeighted([{ row: road('Bury', 'Cray', 5), weight: -1 }])) // Cray and Dorn: the long way round
roads.close()
await run.done
