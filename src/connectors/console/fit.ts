// Widths of columns that fit a line: the widest give way first, and when none can, the last columns are left out.

/** Characters between two columns. */
export const GAP = 2
/** A column that has to give way keeps at least so much. */
const NARROWEST = 8

/** The widths of as many columns, from the left, as fit a line of `room` characters. */
export function fitted(widths: readonly number[], room: number): number[] {
  const least = widths.map(each => Math.min(each, NARROWEST))
  let shown = widths.length
  while (shown > 1 && total(least.slice(0, shown)) > room) shown--
  const kept = widths.slice(0, shown)
  let widest = Math.max(0, ...kept)
  while (widest > NARROWEST && total(capped(kept, widest)) > room) widest--
  return capped(kept, widest)
}

const capped = (widths: readonly number[], most: number): number[] => widths.map(each => Math.min(each, most))

const total = (widths: readonly number[]): number =>
  widths.reduce((sum, each) => sum + each, 0) + GAP * Math.max(0, widths.length - 1)
