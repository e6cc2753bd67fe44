// What the name of a type says beyond its kind: integers of fewer bits, texts of so many characters, times to so many digits,
// intervals of some fields. A cast fits a value to it, as PostgreSQL's does; an assignment refuses what would be lost.
import { call, cast, type Expr, literal } from '../expr/index.ts'
import { type ColumnType, type Declared, declaredMeeting, type PlainType, scalars } from '../types/index.ts'
import type { Node, TypeName } from './parser.ts'
import { invalid, unsupported } from './refuse.ts'
import { textOf } from './tree.ts'

const INTEGERS: Readonly<Record<string, Declared>> = {
  int2: { name: 'int2' },
  smallint: { name: 'int2' },
  int4: { name: 'int4' },
  int: { name: 'int4' },
  integer: { name: 'int4' },
}

/** What a type's name declares; undefined: nothing but its kind. */
export function declaredBy({ names, typmods = [], location }: TypeName, text: string): Declared | undefined {
  const name = textOf(names?.at(-1)) ?? ''
  const [first, second] = typmods.map(numberIn)
  if (Object.hasOwn(INTEGERS, name)) return INTEGERS[name]
  // The time of a clock, in no zone: an instant, timestamptz, declares nothing.
  if (name === 'timestamp') return { name, ...(first === undefined ? {} : digits('timestamp', first)) }
  if (name === 'name') return { name, size: NAME_LENGTH }
  if (first === undefined) return undefined
  switch (name) {
    case 'varchar':
    case 'bpchar':
      if (first >= 1 && first <= LONGEST) return { name, size: first }
      return invalid(text, location, `the length ${first} of a text`, `write one from 1 to ${LONGEST}, or text`)
    case 'timestamptz':
      return digits('timestamptz', first)
    case 'time':
      return digits('time', first)
    case 'interval':
      return second === undefined && first === ALL_FIELDS
        ? undefined
        : { ...digits('interval', second ?? 6), name, fields: first }
    default:
      return name === 'numeric' ? undefined : unsupported(text, location, `the type ${name}(${first})`, `write ${name}`)
  }
}

/** Characters of an identifier: what is longer is cut, wherever it comes from. */
const NAME_LENGTH = 63
/** Characters that a declared text may have, in PostgreSQL. */
const LONGEST = 10_485_760
const ALL_FIELDS = 0x7fff

const numberIn = (node: Node): number => ('A_Const' in node ? (node.A_Const.ival?.ival ?? 0) : Number.NaN)

/** Digits behind the point of seconds: PostgreSQL takes more than 6 as 6. */
function digits(name: 'timestamp' | 'timestamptz' | 'time' | 'interval', size: number): Declared | undefined {
  return size >= 6 && name !== 'interval' ? undefined : { name, size: Math.min(size, 6) }
}

/** An expression of a type's kind, held to what the type declares. @param assigned too long a text is refused, not cut */
export function held(expr: Expr, from: ColumnType, to: ColumnType, assigned = false): Expr {
  if (!isPlain(from) || !isPlain(to) || from.kind !== to.kind || to.kind === 'decimal') return expr
  if (isDeclared(from, to)) return expr
  if (to.declared === undefined)
    return (to.kind === 'int' || to.kind === 'timestamp') && !assigned ? cast(expr, to) : expr
  return narrowed(expr, from, to, to.declared, assigned)
}

function narrowed(
  expr: Expr,
  from: PlainType,
  to: PlainType,
  { name, size, fields = 0 }: Declared,
  assigned: boolean,
): Expr {
  const number = (value = 0): Expr => literal(value, scalars.int)
  switch (name) {
    case 'int2':
    case 'int4':
      return isDeclared(declaredMeeting(from, to), to) ? cast(expr, to) : call(name, expr)
    case 'varchar':
      return cast(call(assigned ? 'fit_text' : 'left', expr, number(size)), to)
    case 'name':
      return cast(call('left', expr, number(size)), to)
    case 'bpchar':
      return cast(call('rtrim', call(assigned ? 'fit_text' : 'left', expr, number(size))), to)
    case 'timestamp':
    case 'timestamptz':
    case 'time':
      return cast(size === undefined ? expr : call('round_seconds', expr, number(size)), to)
    case 'interval':
      return cast(call('fit_interval', expr, number(fields), number(size)), to)
    default:
      return expr
  }
}

const isPlain = (type: ColumnType): type is PlainType => !['struct', 'list', 'map'].includes(type.kind)

const isDeclared = ({ declared: a }: PlainType, { declared: b }: PlainType): boolean =>
  a === b || (a?.name === b?.name && a?.size === b?.size && a?.fields === b?.fields)
