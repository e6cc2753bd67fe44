// The parser is PostgreSQL's own (libpg-query, WebAssembly): what it refuses, PostgreSQL refuses. Importing this file
// loads it. Text from outside is hostile: its length and nesting are bounded before the parser sees it, because the
// parser's stack is not ours to unwind.
import { fail } from '../base/index.ts'
import { library, type RawStmt } from './library.ts'
import { decode, encode, place } from './place.ts'
import { type PathNames, withPathNames } from './quoted-paths.ts'
import { checkSize, checkTokens } from './size.ts'

export type * from './library.ts'

/** Bytes of a text that are parsed at most. */
const LONGEST_TEXT = 1 << 20
/** Tokens of a statement at most: a machine writes more, and then a table of values is the better form. */
const MOST_TOKENS = 200_000

export interface Statement {
  readonly tree: NonNullable<RawStmt['stmt']>
  /** Its own text, for messages and for what keeps it. */
  readonly text: string
  /** DESCRIBE stands before it. */
  readonly isDescribed?: true
}

export interface Script {
  /** The whole text: locations in trees count its bytes. */
  readonly text: string
  readonly statements: readonly Statement[]
  readonly paths: PathNames
}

/** The statements of a text; SQL_SYNTAX tells line, column and what stands there. */
export function parse(text: string): Script {
  if (text.length > LONGEST_TEXT) {
    fail('SQL_TOO_LARGE', { what: `${text.length} characters`, most: `${LONGEST_TEXT} characters` })
  }
  const nul = text.indexOf('\0')
  if (nul >= 0) {
    const { shown, position } = place(text, encode(text.slice(0, nul)).length)
    fail('SQL_SYNTAX', { reason: 'the text has a NUL character', shown }, { position })
  }
  const tokens = tokensOf(text)
  const { parsed, paths, described } = withPathNames(text, tokens)
  try {
    const { stmts = [] } = library.parse(parsed)
    return { text, paths, statements: stmts.flatMap(each => statementOf(text, each, described)) }
  } catch (error) {
    return syntaxError(text, error)
  }
}

function statementOf(
  text: string,
  { stmt, stmt_location: from = 0, stmt_len: length }: RawStmt,
  described: ReadonlyMap<number, number>,
): readonly Statement[] {
  if (stmt === undefined) return []
  checkSize(stmt)
  const end = length === undefined || length === 0 ? undefined : from + length
  const start = described.get(from)
  const own = decode(encode(text).subarray(start ?? from, end)).trim()
  return [{ tree: stmt, text: own, ...(start === undefined ? {} : { isDescribed: true }) }]
}

export interface Token {
  readonly start: number
  readonly end: number
  readonly text: string
  readonly name: string
}

function tokensOf(text: string): readonly Token[] {
  if (text.trim() === '') return []
  try {
    const tokens = scanned(text).map(each => ({
      start: each.start,
      end: each.end,
      text: each.text,
      name: each.tokenName,
    }))
    if (tokens.length > MOST_TOKENS) {
      fail('SQL_TOO_LARGE', { what: `${tokens.length} words and signs`, most: String(MOST_TOKENS) })
    }
    checkTokens(text, tokens)
    return tokens
  } catch (error) {
    return syntaxError(text, error)
  }
}

/** What the scanner refuses it tells as a text that is no JSON; the parser refuses the same, and tells where. */
function scanned(text: string): ReturnType<typeof library.scan>['tokens'] {
  try {
    return library.scan(text).tokens
  } catch (error) {
    if (!(error instanceof SyntaxError)) throw error
    return []
  }
}

function syntaxError(text: string, error: unknown): never {
  if (!library.hasDetails(error)) throw error
  const at = place(text, error.sqlDetails?.cursorPosition ?? 0)
  fail('SQL_SYNTAX', { reason: error.message, shown: at.shown }, { position: at.position }, error)
}
