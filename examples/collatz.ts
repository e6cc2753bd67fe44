// A feedback loop: numbers come as a stream, halve or triple until they are 1, and leave with the number of their steps. Rows that
// are on their way are state: a restart goes on with them.
import { lit, millrace, read, t, when, write } from 'millrace'

const numbers = read.memory(t.row({ start: t.int() }))
const begun = numbers.table.select(r => ({ start: r.start, n: r.start, steps: lit(0) }))

const finished = begun.feedback(
  rows => ({
    output: rows.where(r => r.n.eq(1)).select(r => ({ start: r.start, steps: r.steps })),
    again: rows
      .where(r => r.n.gt(1))
      .select(r => ({
        start: r.start,
        n: when(r.n.mod(2).eq(0), r.n.div(2)).otherwise(r.n.mul(3).add(1)),
        steps: r.steps.add(1),
      })),
  }),
  { inFlight: 10_000 },
)

const steps = new Map<number, number>()
const told = write.foreachBatch<{ start: number; steps: number }>(rows => {
  for (const row of rows) steps.set(row.start, row.steps)
})
await using m = await millrace({ dir: false })
const run = await m.run('collatz', finished.to(told))
for (let start = 1; start <= 30; start++) await numbers.push([{ start }])
numbers.close()
await run.done
console.log(steps)
if (steps.get(27) !== 111) throw new Error(`27 takes ${steps.get(27)} steps`)
