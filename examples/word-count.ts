// One table, asked for in three ways: as a batch, as a stream of changes, and kept in a file over two runs, of which the
// second reads only what is new. The counts are the same.
import { mkdirSync, writeFileSync } from 'node:fs'
import { millrace, read, t, write } from 'millrace'

mkdirSync('books', { recursive: true })
writeFileSync('books/one.txt', 'the mill race\nthe mill and the stream\n')

const countWords = (until: 'now' | 'forever') =>
  read
    .text('books/*.txt', { until })
    .flatMap(line => line.value.split(' ').map(word => ({ word })), t.row({ word: t.string() }))
    .groupBy('word')
    .agg(g => ({ n: g.count() }))
const counts = countWords('now')

console.log('as a batch')
console.table(await counts.orderBy(row => [row.n.desc(), row.word.asc()]).collect())

console.log('as a stream, a line per epoch: -1 takes a row back, +1 gives the new one')
for await (const { row, weight, epoch } of counts.changes({ epochRows: 1 })) {
  console.log(epoch, weight > 0 ? `+${weight}` : weight, row)
}

console.log('kept up to date in a file, over two runs')
for (const text of [undefined, 'a stream of rows\n']) {
  if (text !== undefined) writeFileSync('books/two.txt', text)
  await using m = await millrace({ dir: 'state' })
  const output = countWords('forever').to(write.json('counts', { mode: 'complete' }), { unbounded: true })
  const run = await m.run('counts', output, { until: 'now' })
  await run.done
  console.log(`epoch ${run.progress.last?.epoch} read ${run.progress.last?.rowsIn} lines`)
}
const kept = await read.json('counts', { schema: t.row({ word: t.string(), n: t.int() }) }).collect()
const fresh = await counts.collect()
if (kept.length !== fresh.length) throw new Error('the file and the batch differ')
