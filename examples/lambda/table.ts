// The same by one table: history, then what is live, is one input; the query is written once and kept up to date.
import { type Engine, read, write } from 'millrace'
import type { PageDay } from './layers.ts'
import { View } from './log.ts'

export async function oneTable(m: Engine): Promise<PageDay[]> {
  const view = write.memory<PageDay>('pages')
  const pages = read
    .hybrid([read.json('history/*.jsonl', { schema: View }), read.json('live/*.jsonl', { schema: View })])
    .groupBy('page', v => ({ day: v.at.truncate('day') }))
    .agg(g => ({ views: g.count(), visitors: g.visitor.countDistinct() }))
  await using run = await m.run('pages', pages.to(view, { mode: 'update' }), { until: 'now' })
  await run.done
  return view.rows()
}
