// Page views and visitors a day, by a batch layer, a speed layer and a merge; and by one table. See README.md.
import { millrace } from 'millrace'
import { batchView, type PageDay, served, speedView } from './layers.ts'
import { writeLog } from './log.ts'
import { oneTable } from './table.ts'

const sorted = (rows: readonly PageDay[]): PageDay[] =>
  rows.toSorted((a, b) => a.day.getTime() - b.day.getTime() || a.page.localeCompare(b.page))

writeLog()
await using m = await millrace({ dir: 'state' })
const lambda = sorted(served(await batchView(), await speedView(m)))
const table = sorted(await oneTable(m))

console.table(
  table.map((row, i) => ({
    day: row.day.toISOString().slice(0, 10),
    page: row.page,
    views: row.views,
    'views, merged': lambda[i]?.views,
    visitors: row.visitors,
    'visitors, merged': lambda[i]?.visitors,
  })),
)
const differ = (of: 'views' | 'visitors'): number => table.filter((row, i) => row[of] !== lambda[i]?.[of]).length
if (differ('views') !== 0) throw new Error('views add up, so both ways agree')
console.log(`the merged visitors are wrong in ${differ('visitors')} of ${table.length} rows`)
if (differ('visitors') !== 1) throw new Error('ann was at home on 2 March in both layers: she is counted twice')
