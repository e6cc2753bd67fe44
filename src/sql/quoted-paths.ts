// `FROM 'flights/*.parquet'`: a quoted path where a table may stand. PostgreSQL's grammar takes only names there (and
// cuts them at 63 bytes), so the parser gets a name of the same length, and the path is kept beside it. Every location
// in the tree stays that of the text as written.
import type { Token } from './parser.ts'
import { decode, encode } from './place.ts'

/** Paths by the names that stand for them. */
export type PathNames = ReadonlyMap<string, string>

const BEFORE_TABLE = new Set(['from', 'join', 'into', 'update', 'describe'])

export function withPathNames(text: string, tokens: readonly Token[]): { parsed: string; paths: PathNames } {
  const paths = new Map<string, string>()
  const found = pathTokens(tokens)
  const described = tokens.filter((each, i) => isDescribe(each, i, tokens))
  if (found.length === 0 && described.length === 0) return { parsed: text, paths }
  const bytes = encode(text)
  for (const { start } of described) bytes.set(encode(TABLE), start)
  for (const { start, end } of found) {
    const path = unquoted(decode(bytes.subarray(start, end)))
    const name = nameFor(paths.size, end - start - 2)
    if (name === undefined) continue
    paths.set(name, path)
    bytes.set(encode(`"${name}"`.padEnd(end - start)), start)
  }
  return { parsed: decode(bytes), paths }
}

/** A name that no table has: a control character, then a number. Paths of one character leave no room for it. */
function nameFor(number: number, room: number): string | undefined {
  const name = `\u0001${number.toString(36)}`
  return name.length <= room ? name : undefined
}

/** `DESCRIBE t` is not PostgreSQL's grammar: it is parsed as `TABLE t`, and known by its text. */
const TABLE = 'TABLE   '

/** The first of two words that are a statement by themselves: DESCRIBE, and a name or a path. */
function isDescribe({ text }: Token, i: number, tokens: readonly Token[]): boolean {
  const ends = (token: Token | undefined): boolean => token === undefined || token.text === ';'
  if (text.toLowerCase() !== 'describe' || !ends(tokens[i - 1]) || !ends(tokens[i + 2])) return false
  return ['IDENT', 'SCONST'].includes(tokens[i + 1]?.name ?? '')
}

/** String constants that stand where a table may: behind FROM, JOIN, INTO, or behind a comma of a list of tables. */
function pathTokens(tokens: readonly Token[]): readonly Token[] {
  const found: Token[] = []
  const inFrom: boolean[] = [false]
  const inForm: boolean[] = [false]
  let last = ''
  // COPY names its file itself.
  let copies = false
  for (const token of tokens) {
    const word = token.text.toLowerCase()
    if (last === '' || last === ';') copies = word === 'copy'
    if (copies && inFrom.length === 1 && token.name === 'SCONST') continue
    if (word === '(') {
      inFrom.push(false)
      inForm.push(WITH_FROM.has(last))
    } else if (word === ')' && inFrom.length > 1) {
      inFrom.pop()
      inForm.pop()
    } else if (inForm.at(-1) === true) {
      last = word
      continue
    } else if (word === 'from' && last === 'distinct') {
      // IS DISTINCT FROM is an operator.
      last = 'distinct from'
      continue
    } else if (token.name === 'SCONST' && (BEFORE_TABLE.has(last) || (last === ',' && inFrom.at(-1) === true)))
      found.push(token)
    else if (word === 'from') inFrom[inFrom.length - 1] = true
    else if (ENDS_FROM.has(word)) inFrom[inFrom.length - 1] = false
    last = word
  }
  return found
}

/** Functions that have a FROM of their own: `substring(s FROM 'pattern')`. */
const WITH_FROM = new Set(['substring', 'trim', 'overlay', 'extract', 'position'])

const ENDS_FROM = new Set([
  'where',
  'group',
  'having',
  'window',
  'order',
  'limit',
  'offset',
  'fetch',
  'union',
  'on',
  ';',
])

const unquoted = (token: string): string =>
  token
    .replace(/^[^']*'/, '')
    .slice(0, -1)
    .replaceAll("''", "'")
