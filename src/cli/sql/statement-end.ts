// Whether what was written so far is whole: a semicolon ends it that is not in a text, a name or a comment.

/** Texts, names and comments, in which a semicolon is none; those that are not closed go on to the end. */
const SKIPPED =
  /'(?:[^']|'')*(?:'|$)|"(?:[^"]|"")*(?:"|$)|--[^\n]*|\/\*[\s\S]*?(?:\*\/|$)|\$(\w*)\$[\s\S]*?(?:\$\1\$|$)/g

export function isWhole(text: string): boolean {
  return /;\s*$/.test(text.replace(SKIPPED, each => (isOpen(each) ? 'open' : '')))
}

/** It goes on: what comes next belongs to it. A comment of a line ends with the line. */
function isOpen(part: string): boolean {
  if (part.startsWith('--')) return false
  if (part.startsWith('/*')) return !part.endsWith('*/') || part.length < 4
  const [quote] = part
  if (quote !== '$') return part.length < 2 || !part.endsWith(quote as string)
  const tag = part.slice(0, part.indexOf('$', 1) + 1)
  return part.length < 2 * tag.length || !part.endsWith(tag)
}
