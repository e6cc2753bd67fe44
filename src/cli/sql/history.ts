// The lines of earlier times, newest first. What can't be read or written is no reason not to begin or to end.
import { readFile, writeFile } from 'node:fs/promises'

export const MOST_LINES = 1000

export async function readHistory(path: string | undefined): Promise<string[]> {
  if (path === undefined) return []
  const text = await readFile(path, 'utf8').catch(() => '')
  return text
    .split('\n')
    .filter(each => each !== '')
    .reverse()
    .slice(0, MOST_LINES)
}

export async function writeHistory(path: string | undefined, lines: readonly string[]): Promise<void> {
  if (path === undefined) return
  const text = [...lines].slice(0, MOST_LINES).reverse().join('\n')
  await writeFile(path, `${text}\n`, { mode: 0o600 }).catch(() => undefined)
}
