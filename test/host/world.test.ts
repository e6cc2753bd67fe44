// Relative paths start where the process works when something is started, not where it worked when it was imported.
import assert from 'node:assert/strict'
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { after, test } from 'node:test'
import { millrace, read, t, write } from 'millrace'
import { realWorld } from '../../src/host/index.ts'

const start = process.cwd()
const folder = mkdtempSync(join(tmpdir(), 'millrace-world-'))
after(() => {
  process.chdir(start)
  rmSync(folder, { recursive: true, force: true })
})

test('a table, an engine and a copy of the world stay where they were started', async () => {
  const rows = read.json('rows.jsonl', { schema: t.row({ n: t.int() }) })
  for (const [name, n] of [
    ['a', 1],
    ['b', 2],
  ] as const) {
    mkdirSync(join(folder, name))
    writeFileSync(join(folder, name, 'rows.jsonl'), `{"n":${n}}\n`)
    process.chdir(join(folder, name))
    assert.deepEqual(await rows.collect(), [{ n }])
  }

  const engine = await millrace({ dir: 'state' })
  const pinned = { ...realWorld() }
  process.chdir(join(folder, 'a'))
  const out = write.memory<{ n: number }>()
  const run = await engine.run('rows', rows.to(out), { until: 'now' })
  process.chdir(folder)
  await run.done
  await engine.close()
  assert.deepEqual(out.rows(), [{ n: 2 }], 'the engine was made in b')
  assert.equal((await pinned.disk.info('rows.jsonl'))?.path, 'rows.jsonl')
  assert.equal(await realWorld().disk.info('rows.jsonl'), undefined)
})
