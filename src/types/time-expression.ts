// What expressions of times can do beyond the everyday: bins, time zones, patterns. An instant is in UTC; the clock of a zone
// (`'Europe/Berlin'`) is told as if it were.
import type { IntervalArg, NullOf, Span, Str, StrArg, Time, TimeArg } from './expression.ts'

export interface MomentOps<N extends null> extends Printed<N> {
  /** The start of the bin that holds the instant: bins of a stride (without months) from an origin on. */
  dateBin<B extends IntervalArg, C extends TimeArg>(stride: B, origin: C): Time<N | NullOf<B> | NullOf<C>>
  /** What a clock of the zone shows at this instant. */
  atTimeZone<B extends StrArg>(zone: B): Time<N | NullOf<B>>
  /** The instant at which a clock of the zone shows this. */
  fromTimeZone<B extends StrArg>(zone: B): Time<N | NullOf<B>>
  /** The days and the time from `other` to this instant: what - gives in SQL. */
  intervalSince<B extends TimeArg>(other: B): Span<N | NullOf<B>>
}

/** Of times, intervals and numbers. */
export interface Printed<N extends null> {
  /** By PostgreSQL's pattern: `'YYYY-MM-DD HH24:MI:SS'`, `'FMDay, DD Mon'`; of numbers `'9,990.00'`. */
  toChar<B extends StrArg>(pattern: B): Str<N | NullOf<B>>
}
