// What expressions of lists can do beyond the everyday: search and compare as sets. Places count from 1, as in SQL (and 0 is
// no place); `at` and `slice` count from 0, as in JavaScript. A null element equals nothing.
import type { Bool, ElementArg, ListArg, Lists, NullableNumExpr, NullOf, NumArg } from './expression.ts'

export interface ArrayOps<E, N extends null> {
  /** Where the value is first, from place `from` on; null where it is not. */
  position(value: ElementArg<E>, from?: NumArg): NullableNumExpr
  /** Everywhere the value is. */
  positions<B extends ElementArg<E>>(value: B): Lists<number | null, N | NullOf<B>>
  /** Without the elements that equal the value. */
  remove<B extends ElementArg<E>>(value: B): Lists<E, N | NullOf<B>>
  /** The elements that equal `old` replaced. */
  replaceElement<B extends ElementArg<E>, C extends ElementArg<E>>(old: B, by: C): Lists<E, N | NullOf<B> | NullOf<C>>
  /** Whether each element of the other list is in this one. */
  containsAll<B extends ListArg<E>>(others: B): Bool<N | NullOf<B>>
  /** Whether the lists have an element in common. */
  overlaps<B extends ListArg<E>>(others: B): Bool<N | NullOf<B>>
  /** Whether an element is null. */
  hasNull(): Bool<N>
}
