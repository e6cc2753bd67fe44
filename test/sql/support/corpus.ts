// Files of statements for both sides. A file may begin with what sets up tables of its own (CREATE TABLE and INSERT); the
// rest are queries. Statements end with a semicolon at the end of a line.
import { globSync, readFileSync } from 'node:fs'
import { basename } from 'node:path'

export interface Corpus {
  readonly name: string
  /** Statements that make its tables. */
  readonly setUp: string
  readonly queries: readonly string[]
}

export function corpora(pattern: string): readonly Corpus[] {
  return globSync(pattern)
    .sort()
    .map(path => ({ name: basename(path, '.sql'), ...partsOf(statementsOf(readFileSync(path, 'utf8'))) }))
}

const SETS_UP = /^(create table|insert)\b/i

function partsOf(statements: readonly string[]): Omit<Corpus, 'name'> {
  const first = statements.findIndex(each => !SETS_UP.test(each))
  const begins = first < 0 ? statements.length : first
  return {
    setUp: statements
      .slice(0, begins)
      .map(each => `${each};\n`)
      .join(''),
    queries: statements.slice(begins),
  }
}

function statementsOf(text: string): readonly string[] {
  return text
    .split(/;[ \t]*\n/)
    .map(each => each.replace(/^\s*--.*$/gm, '').trim())
    .filter(each => each !== '')
}
