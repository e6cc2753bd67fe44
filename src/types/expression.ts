// The types of typed expressions. Names are short because people meet them in error messages: NumExpr, StrExpr …
// A column that may be null is a Nullable…Expr; null travels through operators as it does at run time. Comparing
// with null is refused in the type, because it is never true: the message names isNull().
import type { DecExpr, NullableDecExpr } from './decimal-expression.ts'
import type { ArrayOps } from './list-expression.ts'
import type { MathOps } from './math-expression.ts'
import type { ByteOps, TextOps } from './text-expression.ts'
import type { MomentOps, Printed } from './time-expression.ts'
import type {
  Day,
  Decimal,
  Interval,
  IsDay,
  IsDecimal,
  IsList,
  IsStruct,
  IsTimeOfDay,
  IsUuid,
  List,
  TimeOfDay,
  Uuid,
  WindowSpan,
} from './values.ts'

declare const valueIn: unique symbol

/** An expression whose value in each row is a `V`. */
export interface Expression<V> {
  readonly [valueIn]: V
}

/** Shown when null is compared: null is not equal, less or greater than anything, not even null. */
export interface NullIsNeverEqual<Fix extends string> {
  readonly fix: Fix
}
type Operand<B> = [B] extends [null] ? NullIsNeverEqual<'use .isNull() or .isNotNull()'> : B

/** The value an expression (or a plain value in its place) has. */
export type ValueOf<E> = E extends Expression<infer V> ? V : Widen<E>
type Widen<L> = L extends string
  ? string
  : L extends number
    ? number
    : L extends bigint
      ? bigint
      : L extends boolean
        ? boolean
        : L
export type NullOf<E> = E extends Expression<infer V> ? Extract<V, null> : never

/** The expression type of a column whose JavaScript value is `V`. */
export type ExprOf<V> = unknown extends V
  ? NullableJsonExpr<unknown>
  : [V] extends [never]
    ? never
    : [V] extends [boolean | null]
      ? Either<V, BoolExpr, NullableBoolExpr>
      : [V] extends [number | null]
        ? Either<V, NumExpr, NullableNumExpr>
        : [V] extends [string | null]
          ? TextExpr<V>
          : [V] extends [bigint | null]
            ? Either<V, BigExpr, NullableBigExpr>
            : [V] extends [Date | null]
              ? IsDay<V> extends true
                ? Either<V, DateExpr, NullableDateExpr>
                : Either<V, TimeExpr, NullableTimeExpr>
              : [V] extends [Uint8Array | null]
                ? Either<V, BinExpr, NullableBinExpr>
                : [V] extends [WindowSpan | null]
                  ? Either<V, WindowExpr, NullableWindowExpr>
                  : [V] extends [Interval | null]
                    ? Either<V, IntervalExpr, NullableIntervalExpr>
                    : PartsExpr<V>
/** Lists and structs are told from json by their marks. */
type PartsExpr<V> =
  IsList<V> extends true
    ? [V] extends [List<infer E> | null]
      ? Either<V, ListExpr<E>, NullableListExpr<E>>
      : never
    : IsStruct<V> extends true
      ? StructExpr<Exclude<V, null>, Extract<V, null>>
      : [V] extends [ReadonlyMap<infer K, infer E> | null]
        ? Either<V, MapExpr<K, E>, NullableMapExpr<K, E>>
        : Either<V, JsonExpr<NonNullable<V>>, NullableJsonExpr<NonNullable<V>>>

/** A struct: its fields are properties, null where the struct is. */
export type StructExpr<Fields, N extends null = never> = Expression<Fields | N> & {
  readonly [K in keyof Fields as K extends string ? K : never]-?: ExprOf<Fields[K] | N>
}

type TextExpr<V> =
  IsUuid<V> extends true
    ? Either<V, UuidExpr, NullableUuidExpr>
    : IsTimeOfDay<V> extends true
      ? Either<V, ClockExpr, NullableClockExpr>
      : IsDecimal<V> extends true
        ? Either<V, DecExpr, NullableDecExpr>
        : Either<V, StrExpr, NullableStrExpr>
type Either<V, Present, OrNull> = null extends V ? OrNull : Present

/** A row of expressions, one per column: what `where(row => …)` gets. */
export type Columns<Row> = { readonly [K in keyof Row]-?: ExprOf<Row[K]> }

/** What a condition must be: a boolean expression, not a boolean. */
export type AnyBool = BoolExpr | NullableBoolExpr

declare const kindOf: unique symbol
/** A number, null or not. Arguments are checked against the mark: against all methods costs the type checker much. */
interface AnyNum extends Expression<number | null> {
  readonly [kindOf]: 'number'
}
interface AnyStr extends Expression<string | null> {
  readonly [kindOf]: 'text'
}

export type BoolArg = boolean | BoolExpr | NullableBoolExpr
export type NumArg = number | AnyNum
export type StrArg = string | AnyStr
export type BigArg = bigint | number | BigExpr | NullableBigExpr
export type TimeArg = Date | TimeExpr | NullableTimeExpr
export type DateArg = Date | DateExpr | NullableDateExpr
export type ClockArg = string | ClockExpr | NullableClockExpr
export type UuidArg = string | UuidExpr | NullableUuidExpr
/** An interval in words (`'1 month 2 days'`, `'P1M2D'`), in parts, or an expression. */
export type IntervalArg = string | IntervalParts | IntervalExpr | NullableIntervalExpr
/** Whole numbers; what is left out is 0. */
export interface IntervalParts {
  readonly years?: number
  readonly months?: number
  readonly weeks?: number
  readonly days?: number
  readonly hours?: number
  readonly minutes?: number
  readonly seconds?: number
  readonly milliseconds?: number
  readonly micros?: number
}
export type BinArg = Uint8Array | BinExpr | NullableBinExpr

export type Bool<N extends null> = [N] extends [never] ? BoolExpr : NullableBoolExpr
export type Num<N extends null> = [N] extends [never] ? NumExpr : NullableNumExpr
export type Str<N extends null> = [N] extends [never] ? StrExpr : NullableStrExpr
export type Bin<N extends null> = [N] extends [never] ? BinExpr : NullableBinExpr
type Big<N extends null> = [N] extends [never] ? BigExpr : NullableBigExpr
export type Time<N extends null> = [N] extends [never] ? TimeExpr : NullableTimeExpr
export type Days<N extends null> = [N] extends [never] ? DateExpr : NullableDateExpr
type Clock<N extends null> = [N] extends [never] ? ClockExpr : NullableClockExpr
export type Span<N extends null> = [N] extends [never] ? IntervalExpr : NullableIntervalExpr

/** What `cast` can make. */
export interface CastTargets {
  boolean: boolean
  int: number
  bigint: bigint
  float: number
  double: number
  string: string
  timestamp: Date
  date: Day
  json: unknown
  time: TimeOfDay
  interval: Interval
  uuid: Uuid
  decimal: Decimal
}
export type DateUnit = 'second' | 'minute' | 'hour' | 'day' | 'week' | 'month' | 'quarter' | 'year'
export type DateField =
  | 'year'
  | 'quarter'
  | 'month'
  | 'week'
  | 'day'
  | 'dow'
  | 'isodow'
  | 'doy'
  | 'hour'
  | 'minute'
  | 'second'

/** An expression with a direction, for orderBy. */
export interface Ordering {
  readonly descending: boolean
  readonly nulls: 'first' | 'last'
}
export interface OrderOptions {
  /** Where nulls go; SQL's default: last ascending, first descending. */
  readonly nulls?: 'first' | 'last'
}

interface Whatever<V, N extends null> extends Expression<V | N> {
  /** True where the value is null. Never null itself. */
  isNull(): BoolExpr
  /** True where the value is not null. */
  isNotNull(): BoolExpr
  /** Convert; a value that can't be converted is an error with its position. */
  cast<To extends keyof CastTargets>(to: To): ExprOf<CastTargets[To] | N>
  /** Convert; a value that can't be converted becomes null. */
  tryCast<To extends keyof CastTargets>(to: To): ExprOf<CastTargets[To] | null>
}

interface Equal<V, Arg, N extends null> extends Whatever<V, N> {
  /** Equal; null if either side is null. */
  eq<B extends Arg | null>(other: Operand<B>): Bool<N | NullOf<B>>
  /** Not equal; null if either side is null. */
  ne<B extends Arg | null>(other: Operand<B>): Bool<N | NullOf<B>>
  /** Like ne, but null is a value equal to itself: never null. */
  isDistinctFrom(other: Arg | null): BoolExpr
  /** Equal to one of these. */
  in<B extends readonly Arg[]>(values: B): Bool<N | NullOf<B[number]>>
  /** Null where equal to `other`, else the value. */
  nullIf(other: Arg): ExprOf<V | null>
  /** `other` where the value is null. */
  coalesce<B extends Arg>(other: B): ExprOf<V | NullOf<B>>
}

export interface Ordered<V, Arg, N extends null> extends Equal<V, Arg, N> {
  gt<B extends Arg | null>(other: Operand<B>): Bool<N | NullOf<B>>
  gte<B extends Arg | null>(other: Operand<B>): Bool<N | NullOf<B>>
  lt<B extends Arg | null>(other: Operand<B>): Bool<N | NullOf<B>>
  lte<B extends Arg | null>(other: Operand<B>): Bool<N | NullOf<B>>
  /** From `low` to `high`, both included. */
  between<B extends Arg, C extends Arg>(low: B, high: C): Bool<N | NullOf<B> | NullOf<C>>
  /** The greatest of the values that are not null. */
  greatest(...others: readonly Arg[]): ExprOf<V | N>
  /** The least of the values that are not null. */
  least(...others: readonly Arg[]): ExprOf<V | N>
  asc(options?: OrderOptions): Ordering
  desc(options?: OrderOptions): Ordering
}

interface BoolOps<N extends null> extends Ordered<boolean, BoolArg, N> {
  /** Three-valued: false AND null is false. */
  and<B extends readonly BoolArg[]>(...others: B): Bool<N | NullOf<B[number]>>
  /** Three-valued: true OR null is true. */
  or<B extends readonly BoolArg[]>(...others: B): Bool<N | NullOf<B[number]>>
  not(): Bool<N>
}

interface NumOps<N extends null> extends Ordered<number, NumArg, N>, MathOps<N>, Printed<N> {
  readonly [kindOf]: 'number'
  add<B extends NumArg>(other: B): Num<N | NullOf<B>>
  sub<B extends NumArg>(other: B): Num<N | NullOf<B>>
  mul<B extends NumArg>(other: B): Num<N | NullOf<B>>
  /** Of integers truncated towards zero, as in SQL: cast one side to double for a fraction. */
  div<B extends NumArg>(other: B): Num<N | NullOf<B>>
  /** The rest, with the sign of the dividend. */
  mod<B extends NumArg>(other: B): Num<N | NullOf<B>>
  neg(): Num<N>
  abs(): Num<N>
  sign(): Num<N>
  /**
   * To the nearest whole number, half to even; `round(2)` to two decimals of the number as it prints, half away from
   * zero (2.675 gives 2.68); `round(-3)` to thousands.
   */
  round<B extends NumArg = never>(digits?: B): Num<N | NullOf<B>>
  floor(): Num<N>
  ceil(): Num<N>
  trunc(): Num<N>
  sqrt(): Num<N>
  exp(): Num<N>
  /** Natural logarithm. */
  ln(): Num<N>
  log10(): Num<N>
  pow<B extends NumArg>(exponent: B): Num<N | NullOf<B>>
}

interface BigOps<N extends null> extends Ordered<bigint, BigArg, N>, Printed<N> {
  add<B extends BigArg>(other: B): Big<N | NullOf<B>>
  sub<B extends BigArg>(other: B): Big<N | NullOf<B>>
  mul<B extends BigArg>(other: B): Big<N | NullOf<B>>
  div<B extends BigArg>(other: B): Big<N | NullOf<B>>
  mod<B extends BigArg>(other: B): Big<N | NullOf<B>>
  neg(): Big<N>
  abs(): Big<N>
}

interface StrOps<N extends null> extends Ordered<string, StrArg, N>, TextOps<N> {
  readonly [kindOf]: 'text'
  /** Characters (code points). */
  length(): Num<N>
  upper(): Str<N>
  lower(): Str<N>
  trim(): Str<N>
  trimStart(): Str<N>
  trimEnd(): Str<N>
  /** `count` characters from `from`, which counts from 1 as in SQL. */
  substring<B extends NumArg, C extends NumArg = never>(from: B, count?: C): Str<N | NullOf<B> | NullOf<C>>
  /** Both texts, and more; null if one is null. */
  concat<B extends readonly StrArg[]>(...others: B): Str<N | NullOf<B[number]>>
  /** Each occurrence of `search` replaced. */
  replace<B extends StrArg, C extends StrArg>(search: B, by: C): Str<N | NullOf<B> | NullOf<C>>
  /** The n-th part between separators, from 1; empty if there is none. */
  splitPart<B extends StrArg, C extends NumArg>(separator: B, n: C): Str<N | NullOf<B> | NullOf<C>>
  /** The first n characters; for a negative n all but the last -n. */
  left<B extends NumArg>(n: B): Str<N | NullOf<B>>
  /** The last n characters; for a negative n all but the first -n. */
  right<B extends NumArg>(n: B): Str<N | NullOf<B>>
  repeat<B extends NumArg>(times: B): Str<N | NullOf<B>>
  /** The characters in the other order. */
  reverse(): Str<N>
  /** Filled up at the start to n characters (with spaces), or cut to n. */
  padStart<B extends NumArg, C extends StrArg = never>(n: B, fill?: C): Str<N | NullOf<B> | NullOf<C>>
  /** Filled up at the end to n characters (with spaces), or cut to n. */
  padEnd<B extends NumArg, C extends StrArg = never>(n: B, fill?: C): Str<N | NullOf<B> | NullOf<C>>
  /** Where `part` begins, from 1; 0 when it does not occur. */
  indexOf<B extends StrArg>(part: B): Num<N | NullOf<B>>
  /** Bytes in UTF-8. */
  byteLength(): Num<N>
  startsWith<B extends StrArg>(prefix: B): Bool<N | NullOf<B>>
  endsWith<B extends StrArg>(suffix: B): Bool<N | NullOf<B>>
  contains<B extends StrArg>(part: B): Bool<N | NullOf<B>>
  /** SQL's pattern: % is any text, _ any character, \ escapes. */
  like<B extends StrArg>(pattern: B): Bool<N | NullOf<B>>
  /** Like, whatever the case of letters. */
  ilike<B extends StrArg>(pattern: B): Bool<N | NullOf<B>>
}

/** An element, or an expression of its type. */
export type ElementArg<E> = NonNullable<E> | Expression<NonNullable<E>> | Expression<NonNullable<E> | null>
export type ListArg<E> = readonly E[] | ListExpr<E> | NullableListExpr<E>

interface ListOps<E, N extends null> extends Ordered<List<E>, ListArg<E>, N>, ArrayOps<E, N> {
  /** The number of elements. */
  length(): Num<N>
  /** Element `index`, from 0; from the end for a negative one; null outside. */
  at<B extends NumArg>(index: B): ExprOf<E | null>
  /** Whether the value is among the elements; null elements equal none. */
  contains<B extends ElementArg<E>>(value: B): Bool<N | NullOf<B>>
  /** These elements and those of the others. */
  concat<B extends readonly ListArg<E>[]>(...others: B): Lists<E, N | NullOf<B[number]>>
  append<B extends ElementArg<E>>(value: B): Lists<E, N | NullOf<B>>
  /** The elements from `from` (from 0) up to `to`, which is not included; negative numbers count from the end. */
  slice<B extends NumArg, C extends NumArg = never>(from: B, to?: C): Lists<E, N | NullOf<B> | NullOf<C>>
  /** In order, nulls last; with `{ descending: true }` the other way round. */
  sort(options?: { readonly descending?: boolean }): Lists<E, N>
  /** Each element once, where it occurs first. */
  distinct(): Lists<E, N>
  reverse(): Lists<E, N>
  /** Of a list of texts: one after another with `separator` between them; nulls are passed over. */
  join<B extends StrArg>(separator: B): [E] extends [string | null] ? Str<N | NullOf<B>> : never
  /** The least element that is not null; null if there is none. */
  min(): ExprOf<NonNullable<E> | null>
  max(): ExprOf<NonNullable<E> | null>
  /** Of a list of numbers: their sum; null if there is none. */
  sum(): [E] extends [number | bigint | null] ? ExprOf<NonNullable<E> | null> : never
}
export type Lists<E, N extends null> = [N] extends [never] ? ListExpr<E> : NullableListExpr<E>

interface MapOps<K, V, N extends null> extends Whatever<Map<K, V>, N> {
  /** Equal, whatever the order of entries. */
  eq<B extends ReadonlyMap<K, V> | MapExpr<K, V> | NullableMapExpr<K, V>>(other: B): Bool<N | NullOf<B>>
  ne<B extends ReadonlyMap<K, V> | MapExpr<K, V> | NullableMapExpr<K, V>>(other: B): Bool<N | NullOf<B>>
  /** The value of a key; null where there is none. */
  get<B extends ElementArg<K>>(key: B): ExprOf<V | null>
  /** Whether there is an entry with this key. */
  has<B extends ElementArg<K>>(key: B): Bool<N | NullOf<B>>
  /** The number of entries. */
  size(): Num<N>
  /** The keys in their order. */
  keys(): Lists<K, N>
  /** The values in the order of their keys. */
  values(): Lists<V, N>
}

interface TimeOps<N extends null> extends Ordered<Date, TimeArg, N>, MomentOps<N> {
  /** The start of the second, minute, hour, day … (UTC) the instant lies in. */
  truncate(unit: DateUnit): Time<N>
  /** A part of the date and time in UTC. */
  extract(field: DateField): Num<N>
  /** Later by a duration (`'10 minutes'`) or an interval (`{ months: 1 }`, cut to the end of the month). */
  plus<B extends TimeSpan | IntervalArg>(duration: B): Time<N | NullOf<B>>
  /** Earlier by a duration or an interval. */
  minus<B extends TimeSpan | IntervalArg>(duration: B): Time<N | NullOf<B>>
  /** Microseconds from `other` to this instant. */
  since<B extends TimeArg>(other: B): Num<N | NullOf<B>>
  /** Years, months, days and time from `other` to this instant, counted on the calendar. */
  age<B extends TimeArg>(other: B): Span<N | NullOf<B>>
}

interface ClockOps<N extends null> extends Ordered<TimeOfDay, ClockArg, N> {
  extract(field: 'hour' | 'minute' | 'second'): Num<N>
  /** Later, going round at midnight. */
  plus<B extends TimeSpan | IntervalArg>(duration: B): Clock<N | NullOf<B>>
  /** Earlier, going round at midnight. */
  minus<B extends TimeSpan | IntervalArg>(duration: B): Clock<N | NullOf<B>>
  /** Microseconds from `other` to this time of the same day. */
  since<B extends ClockArg>(other: B): Num<N | NullOf<B>>
}

interface IntervalOps<N extends null> extends Ordered<Interval, IntervalArg, N>, Printed<N> {
  add<B extends IntervalArg>(other: B): Span<N | NullOf<B>>
  sub<B extends IntervalArg>(other: B): Span<N | NullOf<B>>
  /** So many times as long; what is left of a month is days of 30, of a day its time. */
  mul<B extends NumArg>(factor: B): Span<N | NullOf<B>>
  div<B extends NumArg>(by: B): Span<N | NullOf<B>>
  neg(): Span<N>
  /** A part: months count within the year and minutes within the hour, days and hours as they are. */
  extract(field: 'year' | 'quarter' | 'month' | 'week' | 'day' | 'hour' | 'minute' | 'second'): Num<N>
  /** The length in microseconds, a month being 30 days and a day 24 hours. */
  micros(): Num<N>
}

interface DateOps<N extends null> extends Ordered<Day, DateArg, N>, Printed<N> {
  truncate(unit: DateUnit): Time<N>
  extract(field: DateField): Num<N>
  /** Later by a number of days. */
  addDays<B extends NumArg>(days: B): Days<N | NullOf<B>>
  /** Days from `other` to this date. */
  daysSince<B extends DateArg>(other: B): Num<N | NullOf<B>>
}

interface BinOps<N extends null> extends Ordered<Uint8Array, BinArg, N>, ByteOps<N> {
  byteLength(): Num<N>
}

interface JsonOps<T, N extends null> extends Whatever<T, N> {
  /** A member of an object or an element of an array, as json; null where there is none. */
  get<K extends JsonKey<T>>(key: K): NullableJsonExpr<JsonAt<T, K>>
  /** A member or element as text: the string itself, or the JSON text of anything else. */
  text<K extends JsonKey<T>>(key: K): NullableStrExpr
  /** object, array, string, number, boolean or null. */
  jsonType(): Str<N>
  /** The number of elements of an array; of anything else an error. */
  arrayLength(): Num<N>
}
type JsonKey<T> = unknown extends T
  ? string | number
  : T extends readonly unknown[]
    ? number
    : keyof T & (string | number)
type JsonAt<T, K> = unknown extends T ? unknown : K extends keyof T ? T[K] : unknown
type TimeSpan = import('../base/index.ts').Duration

export interface BoolExpr extends BoolOps<never> {}
export interface NullableBoolExpr extends BoolOps<null> {}
export interface NumExpr extends NumOps<never> {}
export interface NullableNumExpr extends NumOps<null> {}
export interface BigExpr extends BigOps<never> {}
export interface NullableBigExpr extends BigOps<null> {}
export interface StrExpr extends StrOps<never> {}
export interface NullableStrExpr extends StrOps<null> {}
/** A timestamp: an instant. */
export interface TimeExpr extends TimeOps<never> {}
export interface NullableTimeExpr extends TimeOps<null> {}
/** A calendar date. */
export interface DateExpr extends DateOps<never> {}
export interface NullableDateExpr extends DateOps<null> {}
/** A time of day. */
export interface ClockExpr extends ClockOps<never> {}
export interface NullableClockExpr extends ClockOps<null> {}
export interface IntervalExpr extends IntervalOps<never> {}
export interface NullableIntervalExpr extends IntervalOps<null> {}
export interface UuidExpr extends Ordered<Uuid, UuidArg, never> {}
export interface NullableUuidExpr extends Ordered<Uuid, UuidArg, null> {}
/** A list. */
export interface ListExpr<E> extends ListOps<E, never> {}
export interface NullableListExpr<E> extends ListOps<E, null> {}
/** A map. */
export interface MapExpr<K, V> extends MapOps<K, V, never> {}
export interface NullableMapExpr<K, V> extends MapOps<K, V, null> {}
export interface BinExpr extends BinOps<never> {}
export interface NullableBinExpr extends BinOps<null> {}
export interface JsonExpr<T = unknown> extends JsonOps<T, never> {}
export interface NullableJsonExpr<T = unknown> extends JsonOps<T, null> {}
/** A window: `row.window.start`, `row.window.end`. */
export interface WindowExpr extends Expression<WindowSpan> {
  readonly start: TimeExpr
  readonly end: TimeExpr
  /** The same window: same start and same end. */
  eq(other: WindowExpr): BoolExpr
  eq(other: NullableWindowExpr): NullableBoolExpr
}
export interface NullableWindowExpr extends Expression<WindowSpan | null> {
  readonly start: NullableTimeExpr
  readonly end: NullableTimeExpr
  /** The same window: same start and same end. */
  eq(other: WindowExpr | NullableWindowExpr): NullableBoolExpr
}
