// Checks on plain text: nothing names the machine it was written on, and links in documents lead somewhere.

import { posix } from 'node:path'
import type { Check } from './house.ts'
import type { Finding } from './source.ts'

/** Findings for each line of each text that matches. */
const matching = (texts: Iterable<readonly [string, string]>, pattern: RegExp, what: string): Finding[] =>
  [...texts].flatMap(([path, text]) =>
    text.split('\n').flatMap((line, index) => (pattern.test(line) ? [{ path, line: index + 1, what }] : [])),
  )

const folders = ['work', 'root', 'home', 'Users', 'tmp', 'mnt', 'var/folders']
const machinePath = new RegExp(`(?<![\\w.)*\\]}~-])/(?:${folders.join('|')})/\\w|\\b[A-Z]:\\\\\\\\?Users`)

export const machinePaths: Check = house =>
  matching(house.texts, machinePath, 'a path of one machine: use import.meta.dirname, os.tmpdir() or a relative path')

const lockLine = /"resolved":/

/** The lock names versions and digests, never the registry they came from. */
export const lockHosts: Check = house => {
  const lock = house.texts.get('package-lock.json')
  return lock === undefined ? [] : matching([['package-lock.json', lock]], lockLine, 'a registry address: see .npmrc')
}

const link = /\]\((?!https?:|#|mailto:)([^)\s#]+)/g
const lawTest = /`(test\/[\w./-]+)`/g

/** Relative links of every Markdown file name files that exist. */
export const links: Check = house =>
  [...house.texts]
    .filter(([path]) => path.endsWith('.md'))
    .flatMap(([path, text]) =>
      [...text.matchAll(link)]
        .map(([, target = '']) => posix.join(posix.dirname(path), target))
        .filter(target => !isThere(house.texts, target))
        .map(target => ({ path, line: 1, what: `links to ${target}, which does not exist` })),
    )

const isThere = (texts: ReadonlyMap<string, string>, target: string): boolean =>
  texts.has(target) ||
  target === 'LICENSE' ||
  [...texts.keys()].some(path => path.startsWith(`${target.replace(/\/$/, '')}/`))

/** Every test that ARCHITECTURE.md's table of laws names exists. */
export const lawTests: Check = house => {
  const path = 'docs/ARCHITECTURE.md'
  const named = [...(house.texts.get(path) ?? '').matchAll(lawTest)].map(([, target = '']) => target)
  return named
    .filter(target => !isThere(house.texts, target))
    .map(target => ({ path, line: 1, what: `names ${target}, which does not exist` }))
}
