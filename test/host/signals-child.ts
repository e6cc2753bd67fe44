// A program with one endless run, for signals.test.ts.
import { setTimeout as wait } from 'node:timers/promises'
import { millrace, read, t, write } from '../../src/index.ts'

const how = process.argv[2]
const m = await millrace({ signals: how !== 'plain' })
if (how === 'stuck') process.on('SIGINT', () => console.log('SIGINT seen'))
const input = read.memory(t.row({ n: t.int() }))
await input.push({ n: 1 })
const sink = write.foreachBatch(async () => {
  console.log('epoch begun')
  await wait(how === 'signals' ? 300 : 60_000)
  console.log('epoch over')
})
const run = await m.run('numbers', input.table.to(sink))
await run.done
console.log(run.status)
