// The SQL texts of a TypeScript or JavaScript file: literal arguments of `.sql(…)` and `.execute(…)`, and templates of the tag
// `sql`. The source is scanned, not parsed: comments, texts, templates and regular expressions are told apart.

export interface Literal {
  /** What is put in stands as $n, or after FROM, JOIN, INTO, UPDATE as a name. */
  readonly text: string
  /** Where it begins in the file. */
  readonly offset: number
}

const REGEX_AFTER = /(?:^|[(,=:[!&|?{};+\-*%<>~^]|\breturn|\btypeof|\bcase)\s*$/
const CALL = /\.\s*(?:sql|execute)\s*(?:<[^()]*>)?\s*\(\s*$/
const TAG = /(?:^|[^\w.$])sql\s*(?:<[^()`]*>)?\s*$/
const TABLE_NEXT = /\b(?:from|join|into|update)\s*$/i

export function literalsIn(source: string): Literal[] {
  const found: Literal[] = []
  let at = 0
  /** Where the code since the last comment, text or template began. */
  let codeFrom = 0
  while (at < source.length) {
    const before = source.slice(Math.max(codeFrom, at - 200), at)
    const end = skipped(source, at, before)
    if (end === at) {
      at++
      continue
    }
    const quote = source[at] as string
    if (quote === '`' && (CALL.test(before) || TAG.test(before))) found.push(template(source, at, end))
    else if ((quote === "'" || quote === '"') && CALL.test(before))
      found.push({ text: unescaped(source.slice(at + 1, end - 1)), offset: at + 1 })
    if (quote === '`') found.push(...inner(source, at, end))
    if (quote !== '/') codeFrom = end
    at = end
  }
  return found
}

/** Behind the comment, text, template or regular expression that begins at `at`; else `at`. */
function skipped(source: string, at: number, before: string): number {
  const two = source.slice(at, at + 2)
  if (two === '//') return lineEnd(source, at)
  if (two === '/*') return (source.indexOf('*/', at + 2) + 1 || source.length) + 1
  const sign = source[at]
  if (sign === "'" || sign === '"') return closed(source, at, sign)
  if (sign === '`') return templateEnd(source, at)
  return sign === '/' && REGEX_AFTER.test(before) ? regexEnd(source, at) : at
}

function lineEnd(source: string, at: number): number {
  const end = source.indexOf('\n', at)
  return end === -1 ? source.length : end
}

function closed(source: string, from: number, quote: string): number {
  for (let at = from + 1; at < source.length; at++) {
    if (source[at] === '\\') at++
    else if (source[at] === quote || source[at] === '\n') return at + 1
  }
  return source.length
}

function regexEnd(source: string, from: number): number {
  let inClass = false
  for (let at = from + 1; at < source.length && source[at] !== '\n'; at++) {
    if (source[at] === '\\') at++
    else if (source[at] === '[') inClass = true
    else if (source[at] === ']') inClass = false
    else if (source[at] === '/' && !inClass) return at + 1
  }
  return from + 1
}

function templateEnd(source: string, from: number): number {
  for (let at = from + 1; at < source.length; at++) {
    if (source[at] === '\\') at++
    else if (source.startsWith('${', at)) at = holeEnd(source, at) - 1
    else if (source[at] === '`') return at + 1
  }
  return source.length
}

/** Behind the brace that closes `${`. */
function holeEnd(source: string, from: number): number {
  let depth = 0
  for (let at = from + 1; at < source.length; ) {
    if (source[at] === '{') depth++
    else if (source[at] === '}' && --depth === 0) return at + 1
    const end = skipped(source, at, source.slice(from, at))
    at = end === at ? at + 1 : end
  }
  return source.length
}

/** Literals within what is put into a template. */
function inner(source: string, from: number, end: number): Literal[] {
  const found: Literal[] = []
  for (let at = from + 1; at < end; at++) {
    if (source[at] === '\\') at++
    if (!source.startsWith('${', at)) continue
    const to = holeEnd(source, at)
    found.push(...literalsIn(source.slice(at + 2, to - 1)).map(each => ({ ...each, offset: each.offset + at + 2 })))
    at = to - 1
  }
  return found
}

/** A template's text; what is put in keeps its width, so that lines and columns stay. */
function template(source: string, from: number, end: number): Literal {
  let text = ''
  let number = 0
  for (let at = from + 1; at < end - 1; at++) {
    if (source.startsWith('${', at)) {
      const to = holeEnd(source, at)
      const mark = TABLE_NEXT.test(text) ? `table_${++number}` : `$${++number}`
      text += mark.padEnd(to - at)
      at = to - 1
    } else if (source[at] === '\\') {
      text += unescaped(source.slice(at, at + 2))
      at++
    } else text += source[at]
  }
  return { text, offset: from + 1 }
}

const ESCAPES: Readonly<Record<string, string>> = { n: '\n', t: '\t', r: '\r' }

const unescaped = (text: string): string => text.replace(/\\([\s\S])/g, (_, sign: string) => ESCAPES[sign] ?? sign)
