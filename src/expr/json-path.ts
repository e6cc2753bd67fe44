// The path language of json (SQL:2016, as PostgreSQL has it): a text → its tree. What is not known here is refused, never
// passed over.
import { fail } from '../base/index.ts'

export type Comparison = '==' | '!=' | '<' | '<=' | '>' | '>='
export type Arithmetic = '+' | '-' | '*' | '/' | '%'

export type PathNode =
  | { readonly is: 'root' | 'current' | 'last' }
  /** A json text. */
  | { readonly is: 'value'; readonly text: string }
  | { readonly is: 'variable'; readonly name: string }
  | { readonly is: 'key'; readonly of: PathNode; readonly key: string }
  | { readonly is: 'members' | 'elements'; readonly of: PathNode }
  /** All within, from a level down to another. */
  | { readonly is: 'within'; readonly of: PathNode; readonly from: number; readonly to: number }
  | { readonly is: 'at'; readonly of: PathNode; readonly subscripts: readonly (readonly [PathNode, PathNode?])[] }
  | { readonly is: 'filter'; readonly of: PathNode; readonly test: PathNode }
  | { readonly is: 'method'; readonly of: PathNode; readonly name: string }
  | { readonly is: 'arithmetic'; readonly sign: Arithmetic; readonly left: PathNode; readonly right: PathNode }
  | { readonly is: 'sign'; readonly sign: '+' | '-'; readonly of: PathNode }
  | { readonly is: 'compare'; readonly sign: Comparison; readonly left: PathNode; readonly right: PathNode }
  | { readonly is: 'and' | 'or'; readonly left: PathNode; readonly right: PathNode }
  | { readonly is: 'not' | 'exists' | 'unknown'; readonly of: PathNode }
  | { readonly is: 'starts'; readonly of: PathNode; readonly with: PathNode }
  | { readonly is: 'like'; readonly of: PathNode; readonly pattern: string; readonly flags: string }

export interface JsonPath {
  readonly strict: boolean
  readonly node: PathNode
}

const METHODS: ReadonlySet<string> = new Set(['type', 'size', 'double', 'ceiling', 'floor', 'abs'])
const TESTS: ReadonlySet<PathNode['is']> = new Set([
  'compare',
  'and',
  'or',
  'not',
  'exists',
  'unknown',
  'starts',
  'like',
])
export const isTest = ({ is }: PathNode): boolean => TESTS.has(is)

const TOKEN =
  /\s+|\/\*[\s\S]*?\*\/|("(?:[^"\\]|\\.)*")|((?:\d+(?:\.\d*)?|\.\d+)(?:[eE][-+]?\d+)?)|(\*\*|==|!=|<>|<=|>=|&&|\|\||[-$@.[\](){}*+/%?<>!,])|([A-Za-z_\u0080-\uffff][\w\u0080-\uffff]*)/gy

const bad = (): never => fail('INVALID_ARGUMENT')

function tokensOf(text: string): readonly string[] {
  const tokens: string[] = []
  TOKEN.lastIndex = 0
  while (TOKEN.lastIndex < text.length) {
    const found = TOKEN.exec(text)
    if (found === null) return bad()
    const token = found[1] ?? found[2] ?? found[3] ?? found[4]
    if (token !== undefined) tokens.push(token)
  }
  return tokens
}

/** The tree of a path; INVALID_ARGUMENT where it is none, or has what is not there. */
export function jsonPath(text: string): JsonPath {
  const known = paths.get(text)
  if (known !== undefined) return known
  const reader = new Reader(tokensOf(text))
  const strict = reader.take('strict')
  if (!strict) reader.take('lax')
  const node = reader.either()
  if (!reader.isDone) return bad()
  if (paths.size > 100) paths.clear()
  const path = { strict, node }
  paths.set(text, path)
  return path
}

const paths = new Map<string, JsonPath>()

class Reader {
  readonly #tokens: readonly string[]
  #at = 0

  constructor(tokens: readonly string[]) {
    this.#tokens = tokens
  }

  get isDone(): boolean {
    return this.#at === this.#tokens.length
  }

  get #next(): string {
    return this.#tokens[this.#at] ?? ''
  }

  take(token: string): boolean {
    if (this.#next !== token) return false
    this.#at++
    return true
  }

  #expect(token: string): void {
    if (!this.take(token)) bad()
  }

  either(): PathNode {
    let left = this.#both()
    while (this.take('||')) left = { is: 'or', left: asTest(left), right: asTest(this.#both()) }
    return left
  }

  #both(): PathNode {
    let left = this.#compared()
    while (this.take('&&')) left = { is: 'and', left: asTest(left), right: asTest(this.#compared()) }
    return left
  }

  #compared(): PathNode {
    if (this.take('!')) return { is: 'not', of: asTest(this.#compared()) }
    const left = this.#sum()
    const sign = this.#next === '<>' ? '!=' : this.#next
    if (['==', '!=', '<', '<=', '>', '>='].includes(sign)) {
      this.#at++
      return { is: 'compare', sign: sign as Comparison, left: asValue(left), right: asValue(this.#sum()) }
    }
    if (this.take('starts')) {
      this.#expect('with')
      return { is: 'starts', of: asValue(left), with: this.#primary() }
    }
    if (this.take('like_regex')) return this.#like(left)
    if (!this.take('is')) return left
    this.#expect('unknown')
    return { is: 'unknown', of: asTest(left) }
  }

  #like(of: PathNode): PathNode {
    const pattern = this.#text()
    const flags = this.take('flag') ? this.#text() : ''
    // Of the flags that PostgreSQL knows these mean the same here.
    if (!/^[is]*$/.test(flags)) return bad()
    return { is: 'like', of: asValue(of), pattern, flags }
  }

  #text(): string {
    const token = this.#next
    if (!token.startsWith('"')) return bad()
    this.#at++
    return textIn(token)
  }

  #sum(): PathNode {
    let left = this.#product()
    for (;;) {
      const sign = this.#next
      if (sign !== '+' && sign !== '-') return left
      this.#at++
      left = { is: 'arithmetic', sign, left: asValue(left), right: asValue(this.#product()) }
    }
  }

  #product(): PathNode {
    let left = this.#signed()
    for (;;) {
      const sign = this.#next
      if (sign !== '*' && sign !== '/' && sign !== '%') return left
      this.#at++
      left = { is: 'arithmetic', sign, left: asValue(left), right: asValue(this.#signed()) }
    }
  }

  #signed(): PathNode {
    const sign = this.#next
    if (sign !== '+' && sign !== '-') return this.#steps(this.#primary())
    this.#at++
    return { is: 'sign', sign, of: asValue(this.#signed()) }
  }

  #primary(): PathNode {
    const token = this.#next
    this.#at++
    if (token === '(') {
      const inner = this.either()
      this.#expect(')')
      return inner
    }
    if (token === '@') return { is: 'current' }
    if (token === '$') return this.#rootOrVariable()
    if (token.startsWith('"')) return { is: 'value', text: JSON.stringify(textIn(token)) }
    if (/^[\d.]/.test(token) && token !== '.') return { is: 'value', text: numberText(token) }
    if (token === 'true' || token === 'false' || token === 'null') return { is: 'value', text: token }
    if (token === 'last') return { is: 'last' }
    if (token !== 'exists') return bad()
    this.#expect('(')
    const of = this.either()
    this.#expect(')')
    return { is: 'exists', of: asValue(of) }
  }

  /** `$`, and `$name`: a name that comes at once is a variable's. */
  #rootOrVariable(): PathNode {
    const name = this.#next
    if (!/^["A-Za-z_\u0080-\uffff]/.test(name) || WORDS.has(name)) return { is: 'root' }
    this.#at++
    return { is: 'variable', name: name.startsWith('"') ? textIn(name) : name }
  }

  #steps(start: PathNode): PathNode {
    let of = start
    for (;;) {
      if (this.take('.')) of = this.#member(of)
      else if (this.take('[')) of = this.#subscripts(of)
      else if (this.take('?')) {
        this.#expect('(')
        of = { is: 'filter', of, test: asTest(this.either()) }
        this.#expect(')')
      } else return of
    }
  }

  #member(of: PathNode): PathNode {
    if (this.take('*')) return { is: 'members', of }
    if (this.take('**')) return this.#within(of)
    const token = this.#next
    if (!/^["A-Za-z_\u0080-\uffff]/.test(token)) return bad()
    this.#at++
    if (token.startsWith('"')) return { is: 'key', of, key: textIn(token) }
    if (!this.take('(')) return { is: 'key', of, key: token }
    this.#expect(')')
    return METHODS.has(token) ? { is: 'method', of, name: token } : bad()
  }

  #within(of: PathNode): PathNode {
    if (!this.take('{')) return { is: 'within', of, from: 0, to: Number.POSITIVE_INFINITY }
    const from = this.#level()
    const to = this.take('to') ? this.#level() : from
    this.#expect('}')
    return { is: 'within', of, from, to }
  }

  #level(): number {
    if (this.take('last')) return Number.POSITIVE_INFINITY
    const token = this.#next
    if (!/^\d+$/.test(token)) return bad()
    this.#at++
    return Number(token)
  }

  #subscripts(of: PathNode): PathNode {
    if (this.take('*')) {
      this.#expect(']')
      return { is: 'elements', of }
    }
    const subscripts: (readonly [PathNode, PathNode?])[] = []
    do {
      const from = asValue(this.#sum())
      subscripts.push(this.take('to') ? [from, asValue(this.#sum())] : [from])
    } while (this.take(','))
    this.#expect(']')
    return { is: 'at', of, subscripts }
  }
}

/** Words behind `$` that are no variable's name. */
const WORDS: ReadonlySet<string> = new Set(['is', 'starts', 'like_regex', 'to'])

const textIn = (token: string): string => {
  try {
    return JSON.parse(token) as string
  } catch {
    return bad()
  }
}

const numberText = (token: string): string => token.replace(/^\./, '0.').replace(/\.($|[eE])/, '$1')

const asTest = (node: PathNode): PathNode => (isTest(node) ? node : bad())
const asValue = (node: PathNode): PathNode => (isTest(node) ? bad() : node)
