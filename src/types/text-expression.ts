// What expressions of text and of bytes can do beyond the everyday: regular expressions, letters by their codes, encodings.
// Patterns are PostgreSQL's; places count characters from 1.
import type { Dec } from './decimal-expression.ts'
import type { Bin, Bool, Days, Lists, NullableStrExpr, NullOf, Num, NumArg, Str, StrArg, Time } from './expression.ts'

/** How bytes are written as text. */
export type ByteFormat = 'hex' | 'base64' | 'escape'

export interface TextOps<N extends null> {
  /** Each word with a capital first letter, the others small. */
  initcap(): Str<N>
  /** Each character of `from` replaced by the one of `to` in its place, or dropped. */
  translate<B extends StrArg, C extends StrArg>(from: B, to: C): Str<N | NullOf<B> | NullOf<C>>
  /** `by` in the place of `count` characters (as many as it has) from `from` on. */
  overlay<B extends StrArg, C extends NumArg, D extends NumArg = never>(
    by: B,
    from: C,
    count?: D,
  ): Str<N | NullOf<B> | NullOf<C> | NullOf<D>>
  /** The code point of the first character; 0 for the empty text. */
  ascii(): Num<N>
  /** The number of bits in UTF-8. */
  bitLength(): Num<N>
  /** The MD5 hash, as hexadecimal digits. */
  md5(): Str<N>
  /** The bytes that the text shows. */
  decode(format: ByteFormat): Bin<N>
  /** The bytes of the text. */
  convertTo(encoding: 'UTF8'): Bin<N>
  /** True where a part matches; flags: i (any case), n (lines), x (spaced). */
  regexpLike<B extends StrArg, C extends StrArg = never>(pattern: B, flags?: C): Bool<N | NullOf<B> | NullOf<C>>
  /** The first match replaced, with flag g every match; `\1` in `by` is the first group, `\&` the match. */
  regexpReplace<B extends StrArg, C extends StrArg, D extends StrArg = never>(
    pattern: B,
    by: C,
    flags?: D,
  ): Str<N | NullOf<B> | NullOf<C> | NullOf<D>>
  /** How many matches there are, from a place on. */
  regexpCount<B extends StrArg, C extends NumArg = never>(pattern: B, from?: C): Num<N | NullOf<B> | NullOf<C>>
  /** Where match number `n` (1) from a place on begins; 0 where there is none. */
  regexpInstr<B extends StrArg, C extends NumArg = never, D extends NumArg = never>(
    pattern: B,
    from?: C,
    n?: D,
  ): Num<N | NullOf<B> | NullOf<C> | NullOf<D>>
  /** Match number `n` (1) from a place on; null where there is none. */
  regexpSubstr(pattern: StrArg, from?: NumArg, n?: NumArg): NullableStrExpr
  /** The groups of the first match, or the match if it has none; null where nothing matches. */
  regexpMatch(pattern: StrArg, flags?: StrArg): Lists<string | null, null>
  /** The pieces between the matches. */
  regexpSplitToArray<B extends StrArg, C extends StrArg = never>(
    pattern: B,
    flags?: C,
  ): Lists<string | null, N | NullOf<B> | NullOf<C>>
  /** SQL's regular expression, of the whole text: % and _ as in like, and | * + ? {} () []. */
  similarTo<B extends StrArg>(pattern: B): Bool<N | NullOf<B>>
  /** The date that the text shows by a pattern of `toChar`. */
  toDate<B extends StrArg>(pattern: B): Days<N | NullOf<B>>
  /** The instant that the text shows by such a pattern, in UTC. */
  toTimestamp<B extends StrArg>(pattern: B): Time<N | NullOf<B>>
  /** The number that the text shows by a pattern: `'9,999.9'`. */
  toNumber<B extends StrArg>(pattern: B): Dec<N | NullOf<B>>
}

export interface ByteOps<N extends null> {
  /** The number of bits. */
  bitLength(): Num<N>
  /** The MD5 hash, as hexadecimal digits. */
  md5(): Str<N>
  /** The bytes as text. */
  encode(format: ByteFormat): Str<N>
  /** The text whose bytes they are. */
  convertFrom(encoding: 'UTF8'): Str<N>
}
