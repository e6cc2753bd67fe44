import assert from 'node:assert/strict'
import { test } from 'node:test'
import { MillraceError } from '../../src/base/index.ts'
import { foreachBatchSink, foreachSink } from '../../src/connectors/index.ts'
import { field, scalars, schemaOf } from '../../src/types/index.ts'
import { openSink } from './drive.ts'

const schema = schemaOf([field('id', scalars.int)])
const failed = (error: unknown) => error instanceof MillraceError && error.code === 'SINK_FAILED'

test('open, process per row, close, per epoch', async () => {
  const said: unknown[] = []
  const sink = foreachSink<{ id: number }>({
    open: (partition, epoch) => void said.push(['open', partition, epoch]),
    process: (row, weight) => void said.push([row.id, weight]),
    close: error => void said.push(['close', error]),
  })
  const { epoch } = await openSink(sink, schema, { mode: 'retract' })
  await epoch(1, [{ id: 5 }, { id: 6 }], [1, -1])
  await epoch(2, [])
  assert.deepEqual(said, [
    ['open', 0, 1],
    [5, 1],
    [6, -1],
    ['close', undefined],
  ])
})

test('open may say that an epoch is known', async () => {
  const said: number[] = []
  const sink = foreachSink<{ id: number }>({
    open: (_, epoch) => epoch > 1,
    process: row => void said.push(row.id),
  })
  const { epoch } = await openSink(sink, schema)
  await epoch(1, [{ id: 1 }])
  await epoch(2, [{ id: 2 }])
  assert.deepEqual(said, [2])
})

test('close hears of the error, the epoch fails, and comes again', async () => {
  let closed: unknown
  let broken = true
  const said: number[] = []
  const sink = foreachSink<{ id: number }>({
    process(row) {
      if (broken && row.id === 2) throw new TypeError('no')
      said.push(row.id)
    },
    close: error => {
      closed = error
    },
  })
  const { epoch } = await openSink(sink, schema)
  await assert.rejects(epoch(1, [{ id: 1 }, { id: 2 }]), failed)
  assert.ok(closed instanceof TypeError)
  broken = false
  await epoch(1, [{ id: 1 }, { id: 2 }])
  assert.deepEqual(said, [1, 1, 2])
})

test('foreachBatch gets the rows of an epoch and its number', async () => {
  const said: unknown[] = []
  const sink = foreachBatchSink<{ id: number }>(async (rows, epoch) => {
    said.push([epoch, rows.map(each => each.id)])
  })
  const { epoch } = await openSink(sink, schema)
  await epoch(1, [{ id: 1 }, { id: 2 }])
  await epoch(3, [{ id: 3 }])
  assert.deepEqual(said, [
    [1, [1, 2]],
    [3, [3]],
  ])
  const broken = await openSink(
    foreachBatchSink(() => {
      throw new Error('store is down')
    }),
    schema,
  )
  await assert.rejects(broken.epoch(1, [{ id: 1 }]), /SINK_FAILED.*foreachBatch.*store is down/)
})
