// The Lambda architecture: a batch layer that recomputes a view of all history, a speed layer that keeps a view of what came
// since, and a serving layer that puts the two together. The same count is written in three places.
import { type Engine, read, write } from 'millrace'
import { View } from './log.ts'

export interface PageDay {
  readonly day: Date
  readonly page: string
  readonly views: number
  readonly visitors: number
}

/** The batch layer: every night, everything there is up to now, from the beginning. */
export function batchView(): Promise<PageDay[]> {
  return read
    .json('history/*.jsonl', { schema: View })
    .groupBy('page', v => ({ day: v.at.truncate('day') }))
    .agg(g => ({ views: g.count(), visitors: g.visitor.countDistinct() }))
    .select(r => ({ day: r.day, page: r.page, views: r.views, visitors: r.visitors }))
    .collect()
}

/** The speed layer: the same again over the rows that the batch has not seen, as they come. */
export async function speedView(m: Engine): Promise<PageDay[]> {
  const view = write.memory<PageDay>('speed')
  const counts = read
    .json('live/*.jsonl', { schema: View })
    .groupBy('page', v => ({ day: v.at.truncate('day') }))
    .agg(g => ({ views: g.count(), visitors: g.visitor.countDistinct() }))
  await using run = await m.run('speed', counts.to(view, { mode: 'update' }), { until: 'now' })
  await run.done
  return view.rows()
}

/** The serving layer: where both have a row, their numbers have to be merged. Views add up; visitors do not. */
export function served(batch: readonly PageDay[], speed: readonly PageDay[]): PageDay[] {
  const merged = new Map<string, PageDay>()
  for (const each of [...batch, ...speed]) {
    const key = `${each.day.toISOString()} ${each.page}`
    const known = merged.get(key)
    merged.set(key, known === undefined ? each : plus(known, each))
  }
  return [...merged.values()]
}

const plus = (a: PageDay, b: PageDay): PageDay => ({
  ...a,
  views: a.views + b.views,
  visitors: a.visitors + b.visitors, // wrong for whoever is in both; to be right, both layers would have to keep the names
})
