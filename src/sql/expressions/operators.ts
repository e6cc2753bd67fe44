// Operator signs, and the functions of the registry that they are.
import { call, type Expr } from '../../expr/index.ts'

const BINARY: Readonly<Record<string, string>> = {
  '+': 'add',
  '-': 'sub',
  '*': 'mul',
  '/': 'div',
  '%': 'mod',
  '^': 'power',
  '=': 'eq',
  '<>': 'ne',
  '!=': 'ne',
  '<': 'lt',
  '<=': 'le',
  '>': 'gt',
  '>=': 'ge',
  '||': 'join_text',
  '~~': 'like',
  '~~*': 'ilike',
  '->': 'json_get',
  '->>': 'json_get_text',
  '#>': 'json_path',
  '#>>': 'json_path_text',
}

/** Signs that are the negation of another. */
const NEGATED: Readonly<Record<string, string>> = { '!~~': '~~', '!~~*': '~~*', '!~': '~', '!~*': '~*' }

const EXTRA: Readonly<Record<string, string>> = {
  '~': 'regexp_like',
  '~*': 'regexp_like_i',
  '&': 'bitwise_and',
  '|': 'bitwise_or',
  '#': 'bitwise_xor',
  '<<': 'shift_left',
  '>>': 'shift_right',
  '@>': 'contains',
  '<@': 'contained',
  '&&': 'overlaps',
  '^@': 'starts_with',
}

/** The call of a binary operator; undefined: there is no such operator. */
export function binary(sign: string, left: Expr, right: Expr, has: (fn: string) => boolean): Expr | undefined {
  const positive = NEGATED[sign]
  if (positive !== undefined) {
    const made = binary(positive, left, right, has)
    return made === undefined ? undefined : call('not', made)
  }
  const fn = BINARY[sign] ?? EXTRA[sign]
  return fn === undefined || !has(fn) ? undefined : call(fn, left, right)
}

const UNARY: Readonly<Record<string, string>> = {
  '-': 'neg',
  '@': 'abs',
  '|/': 'sqrt',
  '~': 'bitwise_not',
  '||/': 'cbrt',
}

export function unary(sign: string, of: Expr, has: (fn: string) => boolean): Expr | undefined {
  if (sign === '+') return of
  const fn = UNARY[sign]
  return fn === undefined || !has(fn) ? undefined : call(fn, of)
}
