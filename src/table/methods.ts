// The methods of expressions, one line each: the function of the registry it calls, its arguments turned into nodes.
// What a function means is in the registry; which types take it is in types/expression.ts.
import { type Duration, describeValue, excerpt, fail, micros, optionsFor, textFor } from '../base/index.ts'
import { call, cast, type Expr, literal, show } from '../expr/index.ts'
import { type ColumnType, type OrderOptions, type PlainKind, type ScalarType, scalars } from '../types/index.ts'
import { Built, BuiltOrder, operand, orderKey } from './expression.ts'
import { span } from './literal.ts'
import { noteBuilt } from './scope.ts'

type Method = (self: Expr, type: ScalarType | undefined, args: readonly unknown[]) => unknown

/** An expression that a callback made, with all methods. */
export const make = (expr: Expr): Built => new Built(noteBuilt(expr))

/** A column: it may go unused. */
export const columnBuilt = (expr: Expr, type: ScalarType): Built => new Built(expr, type)

/** Calls the function `fn` on the expression and its arguments. */
const calls =
  (fn: string): Method =>
  (self, type, args) =>
    make(call(fn, self, ...args.filter(each => each !== undefined).map(each => operand(self, each, type))))

/** The same with the values of a list. */
const listed =
  (fn: string): Method =>
  (self, type, [values]) => {
    if (Array.isArray(values) && values.length > 0)
      return make(call(fn, self, ...values.map(each => operand(self, each, type))))
    return fail('BAD_VERB', {
      verb: fn,
      reason: 'it needs a list that is not empty',
      fix: `${show(self)}.${fn}([1, 2])`,
    })
  }

/** Texts one after another: `||`, because SQL's concat passes nulls over. */
const joined: Method = (self, type, others) =>
  make(others.map(each => operand(self, each, type)).reduce((all, each) => call('join_text', all, each), self))

/** null is a value here. */
const distinctFrom: Method = (self, type, [other]) =>
  other === null ? make(call('is_not_null', self)) : make(call('is_distinct_from', self, operand(self, other, type)))

/** The unit or field comes first, as in SQL: date_trunc('hour', at). */
const unitFirst =
  (fn: string): Method =>
  (self, _type, [unit]) =>
    make(call(fn, literal(textFor(fn, 'unit', unit, "name it: 'hour'"), scalars.string), self))

/** A duration becomes whole microseconds; what has months or days of its own is added as an interval. */
const shifted =
  (fn: string, general: string): Method =>
  (self, _type, [duration]) => {
    if (duration instanceof Built) return make(call(general, self, Built.exprOf(duration)))
    const interval = isExact(duration) ? undefined : span(duration)
    if (interval !== undefined) return make(call(general, self, interval))
    return make(call(fn, self, literal(Number(micros(duration as Duration)), scalars.int)))
  }

const EXACT = /^\d+(?:\.\d+)? (?:microsecond|millisecond|second|minute|hour|day|week)s?$/

/** A duration of a fixed length: text with one unit, or parts that `micros` knows. */
function isExact(duration: unknown): boolean {
  if (typeof duration === 'string') return EXACT.test(duration)
  if (typeof duration !== 'object' || duration === null) return true
  return !['years', 'months', 'micros'].some(
    name => (duration as Readonly<Record<string, unknown>>)[name] !== undefined,
  )
}

/** Intervals in parts become literals beside an interval. */
const spanned =
  (fn: string): Method =>
  (self, type, [other]) => {
    const interval = typeof other === 'object' && !(other instanceof Built) ? span(other) : undefined
    return interval === undefined ? calls(fn)(self, type, [other]) : make(call(fn, self, interval))
  }

/** The zone comes first: at_time_zone('Europe/Berlin', at). */
const zoned =
  (fn: string): Method =>
  (self, _type, [zone]) =>
    make(call(fn, operand(self, zone), self))

const binned: Method = (self, _type, [stride, origin]) => {
  const size = stride instanceof Built ? undefined : span(stride)
  return make(call('date_bin', size ?? operand(self, stride), self, operand(self, origin, scalars.timestamp)))
}

/** Parts that are whole numbers by nature have functions of their own. */
const wholeParts: ReadonlySet<unknown> = new Set([
  'year',
  'quarter',
  'month',
  'week',
  'day',
  'dow',
  'isodow',
  'doy',
  'hour',
  'minute',
  'second',
])

const extracted: Method = (self, type, [field]) =>
  wholeParts.has(field) ? make(call(field as string, self)) : unitFirst('extract')(self, type, [field])

/** Filled up with blanks unless told. */
const padded =
  (fn: string): Method =>
  (self, type, [length, fill = ' ']) =>
    calls(fn)(self, type, [length, fill])

const casts =
  (lenient: boolean): Method =>
  (self, _type, [to]) => {
    const name = typeof to === 'string' ? to : describeValue(to)
    if (Object.hasOwn(scalars, name)) return make(cast(self, scalars[name as PlainKind], lenient))
    return fail('BAD_VERB', {
      verb: 'cast',
      reason: `there is no type '${excerpt(name, 40)}'`,
      fix: `use one of ${Object.keys(scalars).join(', ')}`,
    })
  }

/** Values beside a list are elements, beside a map keys. */
const withElement =
  (fn: string): Method =>
  (self, type, args) =>
    make(call(fn, self, ...args.filter(each => each !== undefined).map(each => operand(self, each, partOf(type)))))

function partOf(type: ScalarType | undefined): ColumnType | undefined {
  if (type?.kind === 'list') return type.element.type
  return type?.kind === 'map' ? type.key : undefined
}

const sorted: Method = (self, _type, [options]) => {
  const { descending } = optionsFor('sort', (options ?? {}) as { descending?: boolean }, 'sort({ descending: true })')
  return make(call(descending === true ? 'list_sort_desc' : 'list_sort', self))
}

const ordered =
  (descending: boolean): Method =>
  (self, _type, [options]) =>
    new BuiltOrder(orderKey(self, descending, options as OrderOptions | undefined))

export const methods: Readonly<Record<string, Method>> = Object.freeze({
  eq: calls('eq'),
  ne: calls('ne'),
  gt: calls('gt'),
  gte: calls('ge'),
  lt: calls('lt'),
  lte: calls('le'),
  between: calls('between'),
  in: listed('in'),
  isNull: calls('is_null'),
  isNotNull: calls('is_not_null'),
  isDistinctFrom: distinctFrom,
  coalesce: calls('coalesce'),
  nullIf: calls('nullif'),
  greatest: calls('greatest'),
  least: calls('least'),
  cast: casts(false),
  tryCast: casts(true),
  asc: ordered(false),
  desc: ordered(true),
  and: calls('and'),
  or: calls('or'),
  not: calls('not'),
  add: spanned('add'),
  sub: spanned('sub'),
  mul: calls('mul'),
  div: calls('div'),
  mod: calls('mod'),
  neg: calls('neg'),
  abs: calls('abs'),
  sign: calls('sign'),
  round: calls('round'),
  floor: calls('floor'),
  ceil: calls('ceil'),
  trunc: calls('trunc'),
  sqrt: calls('sqrt'),
  exp: calls('exp'),
  ln: calls('ln'),
  log10: calls('log10'),
  pow: calls('power'),
  length: calls('length'),
  upper: calls('upper'),
  lower: calls('lower'),
  trim: calls('trim'),
  trimStart: calls('ltrim'),
  trimEnd: calls('rtrim'),
  substring: calls('substring'),
  concat: joined,
  replace: calls('replace'),
  splitPart: calls('split_part'),
  startsWith: calls('starts_with'),
  endsWith: calls('ends_with'),
  contains: withElement('contains'),
  left: calls('left'),
  right: calls('right'),
  repeat: calls('repeat'),
  reverse: calls('reverse'),
  padStart: padded('lpad'),
  padEnd: padded('rpad'),
  indexOf: calls('strpos'),
  byteLength: calls('octet_length'),
  like: calls('like'),
  ilike: calls('ilike'),
  truncate: unitFirst('date_trunc'),
  extract: extracted,
  plus: shifted('timestamp_add', 'add'),
  minus: shifted('timestamp_sub', 'sub'),
  since: calls('timestamp_diff'),
  age: calls('age'),
  micros: calls('interval_micros'),
  addDays: calls('add'),
  daysSince: calls('sub'),
  get: withElement('json_get'),
  text: calls('json_get_text'),
  jsonType: calls('json_type'),
  arrayLength: calls('json_array_length'),
  at: calls('list_get'),
  append: withElement('list_append'),
  slice: calls('list_slice'),
  sort: sorted,
  distinct: calls('list_distinct'),
  join: calls('list_join'),
  min: calls('list_min'),
  max: calls('list_max'),
  sum: calls('list_sum'),
  has: withElement('map_contains_key'),
  trimScale: calls('trim_scale'),
  scale: calls('scale'),
  minScale: calls('min_scale'),
  quotient: calls('quotient'),
  gcd: calls('gcd'),
  lcm: calls('lcm'),
  widthBucket: calls('width_bucket'),
  cbrt: calls('cbrt'),
  degrees: calls('degrees'),
  radians: calls('radians'),
  sin: calls('sin'),
  cos: calls('cos'),
  tan: calls('tan'),
  cot: calls('cot'),
  asin: calls('asin'),
  acos: calls('acos'),
  atan: calls('atan'),
  atan2: calls('atan2'),
  sind: calls('sind'),
  cosd: calls('cosd'),
  tand: calls('tand'),
  cotd: calls('cotd'),
  asind: calls('asind'),
  acosd: calls('acosd'),
  atand: calls('atand'),
  atan2d: calls('atan2d'),
  sinh: calls('sinh'),
  cosh: calls('cosh'),
  tanh: calls('tanh'),
  asinh: calls('asinh'),
  acosh: calls('acosh'),
  atanh: calls('atanh'),
  factorial: calls('factorial'),
  bitwiseAnd: calls('bitwise_and'),
  bitwiseOr: calls('bitwise_or'),
  bitwiseXor: calls('bitwise_xor'),
  bitwiseNot: calls('bitwise_not'),
  shiftLeft: calls('shift_left'),
  shiftRight: calls('shift_right'),
  toHex: calls('to_hex'),
  toOct: calls('to_oct'),
  toBin: calls('to_bin'),
  chr: calls('chr'),
  initcap: calls('initcap'),
  translate: calls('translate'),
  overlay: calls('overlay'),
  ascii: calls('ascii'),
  bitLength: calls('bit_length'),
  md5: calls('md5'),
  encode: calls('encode'),
  decode: calls('decode'),
  convertTo: calls('convert_to'),
  convertFrom: calls('convert_from'),
  regexpLike: calls('regexp_like'),
  regexpReplace: calls('regexp_replace'),
  regexpCount: calls('regexp_count'),
  regexpInstr: calls('regexp_instr'),
  regexpSubstr: calls('regexp_substr'),
  regexpMatch: calls('regexp_match'),
  regexpSplitToArray: calls('regexp_split_to_array'),
  similarTo: calls('similar_to'),
  toDate: calls('to_date'),
  toTimestamp: calls('to_timestamp'),
  toNumber: calls('to_number'),
  toChar: calls('to_char'),
  dateBin: binned,
  atTimeZone: zoned('at_time_zone'),
  fromTimeZone: zoned('from_time_zone'),
  intervalSince: calls('timestamp_between'),
  position: withElement('array_position'),
  positions: withElement('array_positions'),
  remove: withElement('array_remove'),
  replaceElement: withElement('array_replace'),
  containsAll: calls('array_includes'),
  overlaps: calls('array_overlaps'),
  hasNull: calls('array_has_null'),
  size: calls('length'),
  keys: calls('map_keys'),
  values: calls('map_values'),
})

for (const [name, method] of Object.entries(methods)) {
  Object.defineProperty(Built.prototype, name, {
    value(this: Built, ...args: unknown[]) {
      return method(Built.exprOf(this), Built.typeOf(this), args)
    },
  })
}
