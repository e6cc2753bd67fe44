// The public API in a folder of its own, which is gone when the test ends.
import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import type { TestContext } from 'node:test'
import { type MillraceError, millrace, type Output, type RunOptions } from 'millrace'

/** A fresh folder. */
export function folder(t: TestContext): string {
  const path = mkdtempSync(join(tmpdir(), 'millrace-test-'))
  t.after(() => rmSync(path, { recursive: true, force: true }))
  return path
}

/** Write a file of JSON lines (objects), of text, or of bytes, with its folders. */
export function put(path: string, content: readonly object[] | string | Uint8Array): string {
  mkdirSync(dirname(path), { recursive: true })
  const lines = Array.isArray(content) ? content.map(row => `${JSON.stringify(row)}\n`).join('') : content
  writeFileSync(path, lines as string | Uint8Array)
  return path
}

/** The files below a folder, their paths relative to it, hidden ones left out. */
export function filesOf(path: string): string[] {
  return readdirSync(path, { recursive: true, withFileTypes: true })
    .filter(each => each.isFile())
    .map(each => join(each.parentPath, each.name).slice(path.length + 1))
    .filter(each => !each.split('/').some(part => part.startsWith('.') || part.startsWith('_')))
    .sort()
}

/** The rows of all JSON files below a folder, in the order of files. */
export function rowsIn(path: string): object[] {
  return filesOf(path).flatMap(file =>
    readFileSync(join(path, file), 'utf8')
      .split('\n')
      .filter(line => line !== '')
      .map(line => JSON.parse(line) as object),
  )
}

/** Run outputs to the end of what is there. */
export async function runOnce(
  dir: string,
  outputs: Output | readonly Output[],
  options: RunOptions & { id?: string; memory?: string } = {},
): Promise<void> {
  const { id = 'q', memory, ...how } = options
  await using m = await millrace({ dir, ...(memory === undefined ? {} : { memory }) })
  const run = await m.run(id, outputs, how.trigger === undefined ? { until: 'now', ...how } : how)
  await run.done
}

/** What a promise fails with; that it does not fail is a failure. */
export async function failure(promise: Promise<unknown> | (() => unknown)): Promise<MillraceError> {
  try {
    await (typeof promise === 'function' ? promise() : promise)
  } catch (error) {
    return error as MillraceError
  }
  throw new Error('it did not fail')
}

/** Rows as sorted lines: tables are multisets. */
export function sorted(rows: readonly object[]): string[] {
  return rows
    .map(row => JSON.stringify(row, (_, value: unknown) => (typeof value === 'bigint' ? `${value}n` : value)))
    .sort()
}
