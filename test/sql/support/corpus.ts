// Files of statements for both sides: queries, and what sets up tables of their own (CREATE TABLE and INSERT). Statements end
// with a semicolon at the end of a line.
import { globSync, readFileSync } from 'node:fs'
import { basename } from 'node:path'

export interface Corpus {
  readonly name: string
  readonly statements: readonly string[]
}

export function corpora(pattern: string): readonly Corpus[] {
  return globSync(pattern)
    .sort()
    .map(path => ({ name: basename(path, '.sql'), statements: statementsOf(readFileSync(path, 'utf8')) }))
}

/** It makes a table or its rows, for the queries behind it. */
export const setsUp = (statement: string): boolean => /^(create|drop) table\b|^insert\b/i.test(statement)

function statementsOf(text: string): readonly string[] {
  return text
    .split(/;[ \t]*\n/)
    .map(each => each.replace(/^\s*--.*$/gm, '').trim())
    .filter(each => each !== '')
}
