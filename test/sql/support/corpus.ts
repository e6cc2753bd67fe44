// Files of statements for both sides. A file begins with what sets up its tables (CREATE TABLE and INSERT, each in one
// statement); the rest are queries, separated by semicolons.
import { globSync, readFileSync } from 'node:fs'
import { basename } from 'node:path'

export interface Corpus {
  readonly name: string
  readonly queries: readonly string[]
}

export function corpora(pattern: string): readonly Corpus[] {
  return globSync(pattern)
    .sort()
    .map(path => ({ name: basename(path, '.sql'), queries: statementsOf(readFileSync(path, 'utf8')) }))
}

/** Statements end with a semicolon at the end of a line. */
export function statementsOf(text: string): readonly string[] {
  return text
    .split(/;[ \t]*\n/)
    .map(each => each.replace(/^\s*--.*$/gm, '').trim())
    .filter(each => each !== '')
}
