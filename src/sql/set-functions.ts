// Functions that give a set of rows: each is the elements of a list. In FROM they are tables (unnest.ts), in the select list
// columns (sets.ts).
import { call, cast, type Expr, literal } from '../expr/index.ts'
import { depthOf, scalars } from '../types/index.ts'
import { type Block, typeIn } from './block.ts'
import type { Bind } from './expressions/bind.ts'
import { coerce, isUnknown } from './expressions/coerce.ts'
import { isJsonRows, jsonRows, pathCall } from './expressions/json.ts'
import { checkPattern } from './expressions/patterns.ts'
import type { FuncCall } from './parser.ts'
import { invalid } from './refuse.ts'

type List = (args: readonly Expr[], block: Block, byte: number | undefined) => Expr | undefined

const LISTS: Readonly<Record<string, List>> = {
  unnest: ([list, more], block) => (list && !more && isList(list, block) ? flat(list, block) : undefined),
  generate_series: series,
  generate_subscripts: ([list, dimension, reverse], block) => {
    if (list === undefined || !isList(list, block) || dimension?.kind !== 'literal') return undefined
    const last = call(
      'coalesce',
      call('array_size', list, coerce(block, dimension, scalars.int)),
      literal(0, scalars.int),
    )
    const forward = call('series', literal(1, scalars.int), last)
    if (reverse?.kind !== 'literal') return reverse === undefined ? forward : undefined
    return reverse.value === true ? call('reverse', forward) : forward
  },
  jsonb_path_query: (args, block) => pathCall('json_path_items', args, block),
  string_to_table: (args, block) =>
    args.length === 2 || args.length === 3 ? call('text_pieces', ...texts(args, block)) : undefined,
  regexp_matches: (args, block, byte) => {
    if (args.length !== 2 && args.length !== 3) return undefined
    checkPattern('regexp_matches', args, block, byte)
    return call('regexp_matches', ...texts(args, block))
  },
  regexp_split_to_table: (args, block) =>
    args.length === 2 || args.length === 3 ? call('regexp_split_to_array', ...texts(args, block)) : undefined,
}

/** What to write instead of arguments that a function does not take. */
const FIXES: Readonly<Record<string, string>> = {
  unnest: "write unnest(ARRAY[1, 2]), or unnest(string_to_array(s, ','))",
  generate_series: 'write generate_series(1, 10), or generate_series(from, to, step) of times and an interval',
  generate_subscripts: 'write generate_subscripts(array, 1)',
}

export const isSetFunction = (name: string): boolean => Object.hasOwn(LISTS, name) || isJsonRows(name)

/** The list whose elements the rows are. */
export function listIn(name: string, { args = [], location }: FuncCall, block: Block, bind: Bind): Expr {
  const bound = args.map(each => bind(each, block))
  if (isJsonRows(name)) return jsonRows(name, bound, block, location)
  const made = LISTS[name]?.(bound, block, location)
  if (made !== undefined) return made
  const fix = FIXES[name] ?? `write ${name}(text, separator)`
  return invalid(block.query.text, location, `${name} does not take these arguments`, fix)
}

const flat = (list: Expr, block: Block): Expr =>
  depthOf(typeIn(block, list).type) > 1 ? call('array_flat', list) : list

const isList = (expr: Expr, block: Block): boolean => typeIn(block, expr).type.kind === 'list'

const texts = (args: readonly Expr[], block: Block): readonly Expr[] =>
  args.map(each => coerce(block, each, scalars.string))

/** All integers have 64 bits. */
const whole = (expr: Expr, block: Block): Expr =>
  typeIn(block, expr).type.kind === 'bigint' ? cast(expr, scalars.int) : expr

/** generate_series(from, to[, step]): numbers, or times with an interval. */
function series(args: readonly Expr[], block: Block): Expr | undefined {
  const [from, to, by, more] = args.map(each => whole(each, block))
  if (from === undefined || to === undefined || more !== undefined) return undefined
  const known = args.find(each => !isUnknown(block, each))
  const type = known === undefined ? scalars.int : typeIn(block, known).type
  const isTime = ['timestamp', 'date', 'interval'].includes(type.kind)
  const bound = isTime ? scalars.timestamp : type
  const ends = [from, to].map(each => {
    const end = coerce(block, each, bound)
    return isTime && typeIn(block, end).type.kind === 'date' ? cast(end, scalars.timestamp) : end
  })
  if (by === undefined) return isTime ? undefined : call('series', ...ends)
  return call('series', ...ends, coerce(block, by, isTime ? { kind: 'interval' } : type))
}
