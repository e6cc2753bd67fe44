// What the system refuses is DISK_DENIED with the path, never a bare error. As root nothing is refused, so a child does
// it as another user.
import assert from 'node:assert/strict'
import { spawnSync } from 'node:child_process'
import { chmodSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { after, test } from 'node:test'
import { fileURLToPath } from 'node:url'

const CHILD = fileURLToPath(new URL('denied-child.ts', import.meta.url))
const NOBODY = 65_534
const folder = mkdtempSync(join(tmpdir(), 'millrace-denied-'))
const [closed, readOnly] = [join(folder, 'closed'), join(folder, 'read-only')]
after(() => {
  chmodSync(closed, 0o700)
  chmodSync(readOnly, 0o700)
  rmSync(folder, { recursive: true, force: true })
})

test('whatever the system refuses is DISK_DENIED and names the path', t => {
  if (process.platform === 'win32') return t.skip('permissions are not of this kind on Windows')
  chmodSync(folder, 0o755)
  for (const each of [closed, readOnly]) {
    mkdirSync(each)
    for (const name of ['a.json', 'secret.json']) writeFileSync(join(each, name), '{"a":1}\n', { mode: 0o644 })
  }
  chmodSync(join(readOnly, 'secret.json'), 0o000)
  chmodSync(join(readOnly, 'a.json'), 0o444)
  chmodSync(readOnly, 0o555)
  chmodSync(closed, 0o000)
  const root = process.getuid?.() === 0
  const child = spawnSync(process.execPath, ['--conditions=millrace-src', CHILD, closed, readOnly], {
    encoding: 'utf8',
    cwd: folder,
    env: { PATH: process.env['PATH'] ?? '' },
    ...(root ? { uid: NOBODY, gid: NOBODY } : {}),
  })
  if (root && (child.error !== undefined || child.stdout === ''))
    return t.skip(`another user can't run node here: ${child.error?.message ?? child.stderr.slice(0, 500)}`)
  assert.deepEqual(child.stdout.trim().split('\n'), [
    'read: DISK_DENIED',
    'open: DISK_DENIED',
    'open file: DISK_DENIED',
    'list: DISK_DENIED',
    'folder: DISK_DENIED',
    'folder above: DISK_DENIED',
    'glob: DISK_DENIED',
    'write: DISK_DENIED',
    'append: DISK_DENIED',
    'rename: DISK_DENIED',
    'remove: DISK_DENIED',
    'make folder: DISK_DENIED',
    'lock: DISK_DENIED',
    'source: DISK_DENIED',
  ])
})
