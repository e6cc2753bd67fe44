// Inputs whose rows come with weights are tables that update.

import { read, t, write } from '../../../src/index.ts'
import { appendSink } from './fixtures.ts'

const Click = t.row({ page: t.string() })
const plain = read.memory(Click)
const weighted = read.memory(Click, { weights: true, name: 'clicks' })
const rows = read.from([{ row: { page: '/' }, weight: -1 }], { schema: Click, weights: true })

plain.table.to(appendSink)
read.from([{ page: '/' }], { schema: Click }).to(appendSink)
weighted.table.to(write.memory())
void weighted.pushWeighted([{ row: { page: '/' }, weight: 2 }])

// error: AppendOnlySinkCannotTakeUpdates<
weighted.table.to(appendSink)

// error: AppendOnlySinkCannotTakeUpdates<
rows.to(appendSink)

// error: Property 'pushWeighted' does not exist
void plain.pushWeighted([])
