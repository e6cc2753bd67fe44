// What is there is whole: it is made beside, and renamed.
import { existsSync, mkdirSync, renameSync } from 'node:fs'
import { dirname } from 'node:path'

/** The path, after `make` has written to the path it is given, unless it is there already. */
export function whole(path: string, make: (beside: string) => void): string {
  if (existsSync(path)) return path
  mkdirSync(dirname(path), { recursive: true })
  const beside = `${path}.${process.pid}`
  make(beside)
  renameSync(beside, path)
  return path
}
