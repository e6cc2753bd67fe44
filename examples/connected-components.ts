// Connected components as a delta iteration: labels are the solution set, those that have just changed the work set. Friends
// are found, two circles become one, and fall apart again.
import { millrace, read, t, write } from 'millrace'

const friends = read.memory(t.row({ a: t.string(), b: t.string() }), { weights: true })
const both = friends.table.union(friends.table.select(f => ({ a: f.b, b: f.a })))
const people = both.select(f => ({ person: f.a, circle: f.a })).distinct()

const circles = people.iterateDelta(people, {
  key: 'person',
  step(labels, changed) {
    const better = changed
      .join(both, { on: (c, f) => c.person.eq(f.a), select: (c, f) => ({ person: f.b, least: c.circle }) })
      .groupBy('person')
      .agg(g => ({ least: g.least.min() }))
      .join(labels, {
        on: (b, l) => b.person.eq(l.person),
        select: (b, l) => ({ person: b.person, circle: b.least, was: l.circle }),
      })
      .where(b => b.circle.lt(b.was))
      .drop('was')
    return { delta: better, next: better }
  },
})
const sizes = circles.groupBy('circle').agg(g => ({ people: g.count() }))

const told = write.foreach<{ circle: string; people: number }>({
  open(_partition, epoch) {
    console.log(`epoch ${epoch}`)
    return true
  },
  process: ({ circle, people }, weight) => console.log(`  the circle of ${circle}: ${weight > 0 ? people : 'gone'}`),
})
await using m = await millrace({ dir: false })
const run = await m.run('circles', sizes.to(told, { mode: 'update' }), { unbounded: true })
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

const ann = { a: 'Ann', b: 'Bob' }
const link = { a: 'Bob', b: 'Eve' }
await during(() => friends.push([ann, { a: 'Cat', b: 'Dan' }, { a: 'Dan', b: 'Eve' }]))
await during(() => friends.push([link]))
await during(() => friends.pushWeighted([{ row: link, weight: -1 }]))
friends.close()
await run.done
