// Statements with what they come to: behind each, as comments, its tag, its rows or its refusal.
import { globSync, readFileSync } from 'node:fs'

export interface Golden {
  readonly path: string
  /** Statements that make its tables, as they stand in the file. */
  readonly head: string
  readonly cases: readonly Case[]
}

export interface Case {
  readonly statement: string
  readonly expected: readonly string[]
}

const SETS_UP = /^(create|insert)\b/i

/** An empty line ends the set-up; a statement ends with a semicolon at the end of a line. */
export function goldens(pattern: string): readonly Golden[] {
  return globSync(pattern)
    .sort()
    .map(path => {
      const text = readFileSync(path, 'utf8')
      const head = SETS_UP.test(text) ? text.slice(0, text.indexOf('\n\n') + 2) : ''
      return { path, head, cases: casesOf(text.slice(head.length)) }
    })
}

function casesOf(text: string): readonly Case[] {
  const cases: { statement: string; expected: string[] }[] = []
  let open = ''
  for (const line of text.split('\n')) {
    if (line.startsWith('-- ')) cases.at(-1)?.expected.push(line.slice('-- '.length))
    else if (line.trim() !== '') open += `${open === '' ? '' : '\n'}${line}`
    if (!/;\s*$/.test(open)) continue
    cases.push({ statement: open.trim().slice(0, -1), expected: [] })
    open = ''
  }
  return cases
}

export const goldenText = ({ head, cases }: Pick<Golden, 'head' | 'cases'>): string =>
  `${head}${cases.map(({ statement, expected }) => [`${statement};`, ...expected.map(each => `-- ${each}`)].join('\n')).join('\n')}\n`
