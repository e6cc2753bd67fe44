import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import { ProgressLines } from '../../src/cli/progress.ts'
import type { Progress } from '../../src/runtime/index.ts'

const epoch = (number: number, rowsIn: number, rowsOut = 1): Progress =>
  ({ epoch: number, rowsIn, rowsOut, watermark: new Date('2026-01-01T12:00:00Z') }) as Progress

function rig(live: boolean, columns?: number) {
  let now = 0
  const written: string[] = []
  const screen = { isTTY: live, ...(columns && { columns }), write: (text: string) => written.push(text) }
  const pass = (ms: number): void => {
    now += ms
  }
  return { lines: new ProgressLines(screen, live, () => now), written, pass }
}

describe('progress', () => {
  test('without a terminal: a line for each run in which something happened', () => {
    const { lines, written, pass } = rig(false)
    lines.update('delays', epoch(1, 1000))
    lines.update('delays', epoch(2, 500, 2))
    pass(1000)
    lines.draw()
    pass(1000)
    lines.draw()
    assert.deepEqual(written, [
      'delays: epoch 2, 1,500 rows in, 1,500 rows/s, watermark 2026-01-01T12:00:00Z, 3 rows out\n',
    ])
    lines.update('delays', epoch(3, 500))
    pass(1000)
    lines.draw()
    assert.match(written[1] as string, /^delays: epoch 3, 2,000 rows in, 500 rows\/s/)
    lines.clear()
    assert.equal(written.slice(2).join(''), '', 'there is nothing to take away')
  })

  test('on a terminal: lines drawn anew, cut to its width', () => {
    const { lines, written, pass } = rig(true, 30)
    lines.update('a', epoch(1, 10))
    lines.update('b', epoch(1, 10))
    pass(1000)
    lines.draw()
    assert.deepEqual(written.at(-1)?.split('\n'), [
      '\x1b[2Ka: epoch 1, 10 rows in, 10 r…',
      '\x1b[2Kb: epoch 1, 10 rows in, 10 r…',
      '',
    ])
    lines.draw()
    assert.ok(written.at(-1)?.startsWith('\x1b[1A\x1b[1A\x1b[2Ka:'), 'over the lines before')
    lines.clear()
    assert.equal(written.at(-1), '\x1b[1A\x1b[2K\x1b[1A\x1b[2K')
    lines.draw()
    assert.ok(written.at(-1)?.startsWith('\x1b[2Ka:'), 'from where the cursor is')
  })
})
