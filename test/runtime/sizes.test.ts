import assert from 'node:assert/strict'
import { test } from 'node:test'
import { textFiles } from '../../src/connectors/index.ts'
import { sizesOf } from '../../src/runtime/sizes.ts'
import { tableOf } from '../../src/table/index.ts'
import { virtualWorld } from '../../src/testing/index.ts'
import { t, toSchema } from '../../src/types/index.ts'
import { noSession } from '../table/support.ts'

const schema = toSchema(t.row({ id: t.int() }))
const lines = (path: string) => textFiles(path, schema, { kind: 'json' } as never)

test('the bytes of the files that a join reads; nothing where none is joined or a file is not there', async () => {
  const world = virtualWorld()
  world.disk.put('a.jsonl', new Uint8Array(100))
  world.disk.put('b.jsonl.gz', new Uint8Array(10))
  const [a, b, none] = [lines('a.jsonl'), lines('b.jsonl.gz'), lines('none.jsonl')]
  const [left, right, missing] = [a, b, none].map(spec => tableOf<{ id: number }>(spec, noSession)) as [
    ReturnType<typeof tableOf<{ id: number }>>,
    ReturnType<typeof tableOf<{ id: number }>>,
    ReturnType<typeof tableOf<{ id: number }>>,
  ]
  const joined = left
    .join(right, { type: 'semi', on: (l, r) => l.id.eq(r.id) })
    .join(missing, { type: 'semi', on: (l, r) => l.id.eq(r.id) })
  assert.deepEqual(await sizesOf([joined.node], world), new Map([[a, 100], [b, 50]])) // biome-ignore format: short
  assert.equal((await sizesOf([left.node], world)).size, 0)
})
