// Words that mean "not finished" or "not known": `any`, switched-off type errors, notes to do something later.

import { assemblyTexts, type Check, ownSources } from './house.ts'
import { roomOf } from './rooms.ts'
import { lineOf, nodes } from './source.ts'

/** `any` in src/, outside the room for type-level programming. */
export const anyTypes: Check = house =>
  ownSources(house)
    .filter(({ path }) => roomOf(path) !== 'types')
    .flatMap(source =>
      [...nodes(source.body)]
        .filter(({ type }) => type === 'TSAnyKeyword')
        .map(node => ({
          path: source.path,
          line: lineOf(node),
          what: "'any': use unknown, a type parameter, or a type of types/",
        })),
    )

const silenced = /^\s*@ts-(?:ignore|nocheck|expect-error)/

export const silencedTypes: Check = house =>
  ownSources(house).flatMap(({ path, comments }) =>
    comments
      .filter(({ text }) => silenced.test(text))
      .map(({ line }) => ({ path, line, what: 'a type error is silenced: correct the type' })),
  )

// In pieces, so that this file does not find itself.
const later = new RegExp(`\\b(?:${['TO' + 'DO', 'FIX' + 'ME', 'X' + 'XX', 'HA' + 'CK'].join('|')})\\b`)

export const notesForLater: Check = house => {
  const what = 'a note for later: do it now, or open an issue and say what holds today'
  const inTrees = house.sources.flatMap(({ path, comments }) =>
    comments.filter(({ text }) => later.test(text)).map(({ line }) => ({ path, line, what })),
  )
  const inTexts = [...assemblyTexts(house), ...[...house.texts].filter(([path]) => path.endsWith('.md'))].flatMap(
    ([path, text]) =>
      text.split('\n').flatMap((line, index) => (later.test(line) ? [{ path, line: index + 1, what }] : [])),
  )
  return [...inTrees, ...inTexts]
}
