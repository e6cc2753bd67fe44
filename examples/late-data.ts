// The example that everybody knows: windows of 10 minutes every 5 minutes, a watermark of 10 minutes, a trigger every
// 5 minutes. Rows that come too late for their windows are a table.
import { millrace, read, t, write } from 'millrace'

const words = read.memory(t.row({ at: t.timestamp(), word: t.string() }), { time: 'at', lateBy: '10 minutes' })
const counts = words.table
  .window({ sliding: '10 minutes', every: '5 minutes' })
  .groupBy('word')
  .agg(g => ({ n: g.count() }))

await using m = await millrace()
const run = await m.run('late-data', [counts.final().to(write.console()), counts.late.to(write.console())], {
  epochRows: 1,
})
const say = (time: string, word: string) => words.push([{ at: new Date(`2026-01-01T${time}:00Z`), word }])
await say('12:14', 'dog')
await say('12:21', 'owl') // the watermark reaches 12:11: the windows that end by then are closed
await say('12:04', 'cat') // too late: both of its windows are closed
await say('12:13', 'owl') // late, but its windows are open
words.close()
await run.done
