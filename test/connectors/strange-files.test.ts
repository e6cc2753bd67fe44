// Folders as they are in life: links, loops of links, names that mean something elsewhere, files that go away.
import assert from 'node:assert/strict'
import { mkdirSync, mkdtempSync, rmSync, symlinkSync, unlinkSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { after, test } from 'node:test'
import { MillraceError } from '../../src/base/index.ts'
import { textFiles } from '../../src/connectors/index.ts'
import { realDisk, realWorld } from '../../src/host/index.ts'
import { t } from '../../src/types/index.ts'
import { openSource } from './drive.ts'

const root = mkdtempSync(join(tmpdir(), 'millrace-strange-'))
after(() => rmSync(root, { recursive: true, force: true }))
const one = t.row({ id: t.int() })
const open = (pattern: string, options = {}) =>
  openSource(textFiles(pattern, one, { kind: 'json' }, options), { world: realWorld(root) })

test('links to files are read, links to folders and broken ones are not', async () => {
  mkdirSync(join(root, 'links/inner'), { recursive: true })
  mkdirSync(join(root, 'outside'))
  writeFileSync(join(root, 'outside/b.json'), '{"id":2}\n')
  writeFileSync(join(root, 'links/inner/a.json'), '{"id":1}\n')
  symlinkSync(join(root, 'outside/b.json'), join(root, 'links/c.json'))
  symlinkSync(join(root, 'outside'), join(root, 'links/folder'))
  symlinkSync(join(root, 'links'), join(root, 'links/inner/up'))
  symlinkSync(join(root, 'nowhere'), join(root, 'links/broken.json'))
  const found = (await realDisk(root).glob('links')).map(each => each.path)
  assert.deepEqual(found, ['links/c.json', 'links/inner/a.json'])
  symlinkSync(join(root, 'links'), join(root, 'way-in'))
  assert.deepEqual(
    (await (await open('way-in')).all()).flatMap(each => each.rows),
    [{ id: 2 }, { id: 1 }],
  )
})

test('names with marks of patterns, quotes, newlines and dots are names', async () => {
  const names = ['a[1].json', '*.json', '{x,y}.json', 'it\'s "q".json', 'new\nline.json', '...json', '日本 .json']
  mkdirSync(join(root, 'names'))
  for (const [id, name] of names.entries()) writeFileSync(join(root, 'names', name), `{"id":${id}}\n`)
  const rows = (await (await open('names')).all()).flatMap(each => each.rows.map(row => row['id']))
  assert.deepEqual(rows.toSorted(), [0, 1, 2, 3, 4, 6], 'but hidden files, which begin with a dot')
  for (const [id, name] of names.entries())
    assert.deepEqual((await (await open(`names/${name}`)).all())[0]?.rows, [{ id }], name)
})

test('a file that goes away between listing and reading is told by its name; before listing it never was', async () => {
  mkdirSync(join(root, 'going'))
  for (const name of ['a.json', 'b.json']) writeFileSync(join(root, 'going', name), '{"id":1}\n')
  const reading = await open('going')
  const range = await reading.source.plan(null, { rows: 10 })
  unlinkSync(join(root, 'going/b.json'))
  await assert.rejects(
    reading.rows(range as never),
    (error: unknown) =>
      error instanceof MillraceError && error.code === 'DISK_MISSING' && /b\.json/.test(error.message),
  )
  assert.equal((await (await open('going')).all()).length, 1)
})
