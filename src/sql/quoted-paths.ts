// `FROM 'flights/*.parquet'`: a quoted path where a table may stand. PostgreSQL's grammar takes only names there (and
// cuts them at 63 bytes), so the parser gets a name of the same length, and the path is kept beside it. Every location
// in the tree stays that of the text as written.
import type { Token } from './parser.ts'
import { decode, encode } from './place.ts'

/** Paths by the names that stand for them. */
export type PathNames = ReadonlyMap<string, string>

const BEFORE_TABLE = new Set(['from', 'join', 'into', 'update', 'describe'])

/** A text as PostgreSQL's parser takes it. */
export interface Parsed {
  readonly parsed: string
  readonly paths: PathNames
  /** Where DESCRIBE stands, by where the parser sees its statement begin. */
  readonly described: ReadonlyMap<number, number>
}

export function withPathNames(text: string, all: readonly Token[]): Parsed {
  const tokens = all.filter(({ name }) => !COMMENTS.has(name))
  const paths = new Map<string, string>()
  const found = pathTokens(tokens)
  const describing = tokens.flatMap((_, i) => describedAt(i, tokens))
  const described = new Map(describing.map(({ begins, start }) => [begins, start]))
  if (found.length === 0 && describing.length === 0) return { parsed: text, paths, described }
  const bytes = encode(text)
  for (const { start, as } of describing) bytes.set(encode(as.padEnd(DESCRIBE.length)), start)
  for (const { start, end } of found) {
    const path = unquoted(decode(bytes.subarray(start, end)))
    const name = nameFor(paths.size, end - start - 2)
    if (name === undefined) continue
    paths.set(name, path)
    bytes.set(encode(`"${name}"`.padEnd(end - start)), start)
  }
  return { parsed: decode(bytes), paths, described }
}

const COMMENTS = new Set(['SQL_COMMENT', 'C_COMMENT'])

/** A name that no table has: a control character, then a number. Paths of one character leave no room for it. */
function nameFor(number: number, room: number): string | undefined {
  const name = `\u0001${number.toString(36)}`
  return name.length <= room ? name : undefined
}

const DESCRIBE = 'describe'
const QUERIES = new Set(['select', 'with', 'values', 'table', '('])

interface Described {
  readonly start: number
  /** Written instead of it. */
  readonly as: string
  readonly begins: number
}

/** DESCRIBE is not PostgreSQL's grammar: `DESCRIBE t` is parsed as `TABLE t`, and before a query it is left out. */
function describedAt(i: number, tokens: readonly Token[]): readonly Described[] {
  const ends = (token: Token | undefined): boolean => token === undefined || token.text === ';'
  const [token, next, behind] = [tokens[i] as Token, tokens[i + 1], tokens[i + 2]]
  const { start, text } = token
  if (text.toLowerCase() !== DESCRIBE || !ends(tokens[i - 1]) || next === undefined) return []
  if (['IDENT', 'SCONST'].includes(next.name) && ends(behind)) return [{ start, as: 'TABLE', begins: start }]
  return QUERIES.has(next.text.toLowerCase()) ? [{ start, as: '', begins: next.start }] : []
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
