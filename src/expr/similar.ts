// SIMILAR TO's pattern as a regular expression: % and _ of LIKE, | * + ? {} () [] of regular expressions, the whole text.
import { escaped, refuse } from './regex.ts'

/** With two marks before a quote, what stands between them is the one group. */
export function similarPattern(pattern: string, mark = '\\'): string {
  const marks = Array.from(mark)
  if (marks.length > 1) refuse('invalid escape string')
  let text = ''
  let literally = false
  let bracket = false
  const parts: string[] = []
  for (const each of pattern) {
    if (literally) {
      if (each === '"') {
        parts.push(text)
        text = ''
      } else text += escaped(each)
      literally = false
    } else if (each === marks[0]) literally = true
    else if (bracket) {
      text += each === '\\' ? '\\\\' : each
      bracket = each !== ']'
    } else if (each === '[') {
      text += '['
      bracket = true
    } else if (each === '%') text += '.*'
    else if (each === '_') text += '.'
    else if (each === '(') text += '(?:'
    else text += /[\\.^$]/.test(each) ? `\\${each}` : each
  }
  parts.push(text)
  if (parts.length === 1) return `^(?:${text})$`
  if (parts.length !== 3) refuse('SQL regular expressions have two escape-double-quote separators')
  return `^(?:${parts[0]})(${parts[1]})(?:${parts[2]})$`
}
