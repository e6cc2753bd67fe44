// What a signal does to a process with an engine: the first one finishes the epoch, the second one ends at once.
import assert from 'node:assert/strict'
import { spawn } from 'node:child_process'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { after, test } from 'node:test'
import { fileURLToPath } from 'node:url'

const CHILD = fileURLToPath(new URL('signals-child.ts', import.meta.url))
const folder = mkdtempSync(join(tmpdir(), 'millrace-signals-'))
after(() => rmSync(folder, { recursive: true, force: true }))

/** Send a signal at each of these lines of the child's output; how it ended. */
function run(how: string, at: readonly (readonly [line: string, signal: NodeJS.Signals])[]) {
  return new Promise<{ output: string[]; code: number | null; signal: string | null }>((resolve, reject) => {
    const child = spawn(process.execPath, ['--conditions=millrace-src', CHILD, how], {
      cwd: mkdtempSync(join(folder, 'run-')),
      env: { ...process.env, NODE_OPTIONS: '' },
      stdio: ['ignore', 'pipe', 'inherit'],
    })
    const output: string[] = []
    child.stdout.setEncoding('utf8').on('data', (text: string) => {
      for (const line of text.split('\n').filter(Boolean)) {
        output.push(line)
        for (const [awaited, signal] of at) if (line === awaited) child.kill(signal)
      }
    })
    child.on('error', reject)
    child.on('exit', (code, signal) => resolve({ output, code, signal }))
  })
}

const windows = process.platform === 'win32' && 'signals are not delivered on Windows'

for (const signal of ['SIGINT', 'SIGTERM'] as const)
  test(`${signal} finishes the epoch, and the program goes on to its end`, { skip: windows }, async () => {
    const { output, code } = await run('signals', [['epoch begun', signal]])
    assert.deepEqual([output, code], [['epoch begun', 'epoch over', 'stopped'], 0])
  })

test('the second signal ends the process, though the epoch is not over', { skip: windows }, async () => {
  const { output, code } = await run('stuck', [
    ['epoch begun', 'SIGINT'],
    ['SIGINT seen', 'SIGTERM'],
  ])
  assert.deepEqual([output, code], [['epoch begun', 'SIGINT seen'], 143])
})

test('without signals: true a signal does what it always does', { skip: windows }, async () => {
  const { output, signal } = await run('plain', [['epoch begun', 'SIGINT']])
  assert.deepEqual([output, signal], [['epoch begun'], 'SIGINT'])
})
