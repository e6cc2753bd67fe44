// What a path of json gives of a document: pieces of its text. Law: `lax` looks into arrays by itself and passes over what is not
// there; `strict` fails. A test is true, false or unknown, and what fails within it is unknown.
import { fail } from '../base/index.ts'
import { type Comparison, isTest, type JsonPath, type PathNode } from './json-path.ts'
import { field, first, jsonElements, members, typeOf } from './json-text.ts'
import { type Pattern, patternOf } from './regex.ts'

interface Run {
  readonly strict: boolean
  readonly root: string
  readonly variables: string | undefined
}

/** Where an expression stands: the item that `@` is, and the length of the array whose subscripts are computed. */
interface Here {
  readonly item: string
  readonly length: number | undefined
}

/** The path can not be followed: in a test it is unknown. */
const stuck = (): never => fail('INVALID_ARGUMENT')

/** All that a path gives; INVALID_ARGUMENT where it can not be followed. */
export function found(text: string, { strict, node }: JsonPath, variables: string | undefined): readonly string[] {
  if (variables !== undefined && first(variables) !== '{') stuck()
  const run: Run = { strict, root: text.trim(), variables }
  return items(node, run, { item: run.root, length: undefined })
}

function items(node: PathNode, run: Run, here: Here): readonly string[] {
  if (isTest(node)) {
    const truth = test(node, run, here)
    return [truth === undefined ? 'null' : String(truth)]
  }
  switch (node.is) {
    case 'root':
      return [run.root]
    case 'current':
      return [here.item]
    case 'value':
      return [node.text]
    case 'last':
      return here.length === undefined ? stuck() : [String(here.length - 1)]
    case 'variable':
      return [field(run.variables ?? '{}', node.name) ?? stuck()]
    case 'arithmetic':
      return [computed(node.sign, number(single(node.left, run, here)), number(single(node.right, run, here)))]
    case 'sign':
      return opened(items(node.of, run, here), run).map(each =>
        String(node.sign === '-' ? -number(each) : number(each)),
      )
    default:
      return steps(node as Step, run, here)
  }
}

type Step = Extract<PathNode, { readonly is: 'key' | 'members' | 'elements' | 'within' | 'at' | 'filter' | 'method' }>

function steps(node: Step, run: Run, here: Here): readonly string[] {
  const from = items(node.of, run, here)
  switch (node.is) {
    case 'key':
      return opened(from, run).flatMap(each => keyOf(each, node.key, run))
    case 'members':
      return opened(from, run).flatMap(each => (first(each) === '{' ? valuesOf(each) : run.strict ? stuck() : []))
    case 'elements':
      return from.flatMap(each => jsonElements(each) ?? (run.strict ? stuck() : [each]))
    case 'within':
      return from.flatMap(each => within(each, node.from, node.to))
    case 'at':
      return from.flatMap(each => elementsAt(each, node, run, here))
    case 'filter':
      return opened(from, run).filter(item => test(node.test, run, { item, length: undefined }) === true)
    case 'method':
      return from.flatMap(each => method(node.name, each, run))
  }
}

/** Lax: arrays are their elements, one level. */
const opened = (from: readonly string[], { strict }: Run): readonly string[] =>
  strict ? from : from.flatMap(each => jsonElements(each) ?? [each])

function keyOf(item: string, key: string, { strict }: Run): readonly string[] {
  const own = field(item, key)
  return own === null ? (strict ? stuck() : []) : [own]
}

function valuesOf(item: string): readonly string[] {
  const keys = new Map<string, string>()
  members(item, (key, piece) => keys.set(key as string, piece))
  return [...keys.values()]
}

/** An item and all that is in it, by levels. */
function within(item: string, from: number, to: number, level = 0): readonly string[] {
  const own = level >= from || (from === Number.POSITIVE_INFINITY && !'{['.includes(first(item))) ? [item] : []
  if (level >= to) return own
  const parts = first(item) === '{' ? valuesOf(item) : (jsonElements(item) ?? [])
  return [...own, ...parts.flatMap(each => within(each, from, to, level + 1))]
}

function elementsAt(
  item: string,
  { subscripts }: Extract<PathNode, { readonly is: 'at' }>,
  run: Run,
  here: Here,
): readonly string[] {
  const pieces = jsonElements(item) ?? (run.strict ? stuck() : [item])
  const inside: Here = { ...here, length: pieces.length }
  const at = (node: PathNode): number => whole(number(single(node, run, inside)))
  return subscripts.flatMap(([low, high]) => {
    const [from, to] = [at(low), at(high ?? low)]
    if (run.strict && (from < 0 || from > to || to >= pieces.length)) return stuck()
    return pieces.slice(Math.max(from, 0), Math.max(to + 1, 0))
  })
}

/** A subscript: it has 32 bits. */
function whole(of: number): number {
  const at = Math.trunc(of)
  return Math.abs(at) <= 2_147_483_647 ? at : stuck()
}

function method(name: string, item: string, run: Run): readonly string[] {
  if (name === 'type') return [JSON.stringify(typeOf(item))]
  if (name === 'size') {
    const length = jsonElements(item)?.length
    return [String(length ?? (run.strict ? stuck() : 1))]
  }
  return opened([item], run).flatMap(each => {
    if (name === 'double') return [String(doubleIn(each))]
    const of = number(each)
    return [String(name === 'abs' ? Math.abs(of) : name === 'floor' ? Math.floor(of) : Math.ceil(of))]
  })
}

function doubleIn(item: string): number {
  const text = first(item) === '"' ? (JSON.parse(item) as string) : item
  return text.trim() !== '' && Number.isFinite(Number(text)) ? Number(text) : stuck()
}

const number = (item: string): number => (typeOf(item) === 'number' ? Number(item) : stuck())

/** The only item of an operand. */
function single(node: PathNode, run: Run, here: Here): string {
  const all = opened(items(node, run, here), run)
  return all.length === 1 ? (all[0] as string) : stuck()
}

function computed(sign: string, a: number, b: number): string {
  if ((sign === '/' || sign === '%') && b === 0) return stuck()
  const made = { '+': a + b, '-': a - b, '*': a * b, '/': a / b, '%': a % b }[sign] as number
  return String(made === 0 ? 0 : made)
}

type Truth = boolean | undefined

function test(node: PathNode, run: Run, here: Here): Truth {
  switch (node.is) {
    case 'and': {
      const left = test(node.left, run, here)
      if (left === false) return false
      const right = test(node.right, run, here)
      return right === true ? left : right
    }
    case 'or': {
      const left = test(node.left, run, here)
      if (left === true) return true
      const right = test(node.right, run, here)
      return right === false ? left : right
    }
    case 'not': {
      const truth = test(node.of, run, here)
      return truth === undefined ? undefined : !truth
    }
    case 'unknown':
      return test(node.of, run, here) === undefined
    case 'exists': {
      const all = tried(() => items(node.of, run, here))
      return all && all.length > 0
    }
    case 'compare':
      return any([node.left, node.right], run, here, ([a, b]) => compared(node.sign, a as string, b as string))
    case 'starts':
      return any([node.of, node.with], run, here, ([a, b]) =>
        [a, b].every(each => typeOf(each as string) === 'string')
          ? (JSON.parse(a as string) as string).startsWith(JSON.parse(b as string) as string)
          : undefined,
      )
    case 'like': {
      const pattern = patternOf(node.pattern, node.flags.replace('s', ''))
      return any([node.of], run, here, ([a]) =>
        typeOf(a as string) === 'string' ? matches(pattern, JSON.parse(a as string) as string, node.flags) : undefined,
      )
    }
    default:
      return stuck()
  }
}

/** Without the flag s a dot is no end of a line, which the patterns here do not know: such texts are not asked. */
function matches(pattern: Pattern, text: string, flags: string): boolean {
  return text.includes('\n') && !flags.includes('s') ? stuck() : pattern.test(text)
}

/** What can not be followed is undefined. */
function tried<T>(make: () => T): T | undefined {
  try {
    return make()
  } catch {
    return undefined
  }
}

/** True of some items, one of each operand. Lax stops at the first; strict is unknown where any is. */
function any(operands: readonly PathNode[], run: Run, here: Here, of: (items: readonly string[]) => Truth): Truth {
  const sides = tried(() => operands.map(each => opened(items(each, run, here), run)))
  if (sides === undefined) return undefined
  let [isFound, isOpen] = [false, false]
  for (const a of sides[0] ?? [])
    for (const b of sides[1] ?? ['']) {
      const truth = of([a, b])
      if (truth === undefined && run.strict) return undefined
      if (truth === true && !run.strict) return true
      isOpen ||= truth === undefined
      isFound ||= truth === true
    }
  return isFound ? true : isOpen ? undefined : false
}

/** Null equals null alone; of other types that differ, of arrays and of objects nothing is known. */
function compared(sign: Comparison, a: string, b: string): Truth {
  const [x, y] = [typeOf(a), typeOf(b)]
  if (x !== y) return x === 'null' || y === 'null' ? sign === '!=' : undefined
  if (x === 'object' || x === 'array') return undefined
  const way =
    x === 'number'
      ? Number(a) - Number(b)
      : x === 'string'
        ? order(a, b)
        : x === 'null'
          ? 0
          : Number(a === 'true') - Number(b === 'true')
  switch (sign) {
    case '==':
      return way === 0
    case '!=':
      return way !== 0
    case '<':
      return way < 0
    case '<=':
      return way <= 0
    case '>':
      return way > 0
    case '>=':
      return way >= 0
  }
}

/** By code points. */
function order(a: string, b: string): number {
  const [x, y] = [a, b].map(each => Array.from(JSON.parse(each) as string)) as [string[], string[]]
  for (let i = 0; i < Math.min(x.length, y.length); i++) {
    const way = ((x[i] as string).codePointAt(0) as number) - ((y[i] as string).codePointAt(0) as number)
    if (way !== 0) return way
  }
  return x.length - y.length
}
