import assert from 'node:assert/strict'
import { existsSync } from 'node:fs'
import { test } from 'node:test'
import { makeFolders } from '../../src/host/make-folder.ts'
import { folder, put } from '../integration/support.ts'

test('folders with all above them; what was made is told', async context => {
  const dir = folder(context)
  assert.equal(await makeFolders(`${dir}/a/b/c`), `${dir}/a`)
  assert.equal(await makeFolders(`${dir}/a/b/c`), undefined)
  assert.equal(await makeFolders(`${dir}/a/x`), `${dir}/a/x`)
})

test('where there can be none it fails, and ends', async context => {
  const file = put(`${folder(context)}/file`, 'x')
  await assert.rejects(makeFolders(`${file}/a/b`), { code: 'ENOTDIR' })
  if (existsSync('/proc/self')) await assert.rejects(makeFolders('/proc/none/a'), { code: 'ENOENT' })
})
