// A sink of your own: foreachBatch gets the rows of an epoch and its number. Delivery is at least once; writing the number
// in the same transaction as the rows makes it exactly once. Here the database is a Map, and the first attempt fails.
import { millrace, read, t, write } from 'millrace'

const orders = read.from(
  [
    { id: 1, customer: 'ada', amount: 20 },
    { id: 2, customer: 'bob', amount: 5 },
    { id: 3, customer: 'ada', amount: 7.5 },
  ],
  { schema: t.row({ id: t.int(), customer: t.string(), amount: t.double() }) },
)
const spent = orders.groupBy('customer').agg(g => ({ total: g.amount.sum() }))

const database = { epoch: 0, totals: new Map<string, number>() }
let failures = 1
const sink = write.foreachBatch<{ customer: string; total: number }>(
  async (rows, epoch) => {
    if (epoch <= database.epoch) return // delivered before
    for (const { customer, total } of rows) database.totals.set(customer, total)
    database.epoch = epoch
    if (failures-- > 0) throw new Error('the connection broke after the transaction')
  },
  { mode: 'update' },
)

for (let attempt = 1; attempt <= 2; attempt++) {
  await using m = await millrace()
  const run = await m.run('spent', spent.to(sink), { until: 'now', epochRows: 2 })
  await run.done.catch((error: Error) => console.log(`attempt ${attempt}: ${error.message}`))
}
console.log(Object.fromEntries(database.totals))
if (database.totals.get('ada') !== 27.5) throw new Error('ada spent 27.5')
