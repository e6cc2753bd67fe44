// How many of a group's rows have their results for good: all that their frames can contain is there. A row is behind by
// time when its range ends before the watermark; by number when so many rows, or peers, of its group are behind it.
// Law: a row that is passed is passed for ever, and so are the rows before it.
import type { Frame, RangeKey } from './frame.ts'
import type { OverFunction } from './functions.ts'
import { peersBack } from './keeping.ts'
import type { Sequence } from './sequence.ts'

export interface Passing {
  /** How many rows behind it a row's results depend on (lead, frames of rows). */
  readonly ahead: number
  /** Rows whose time (the first order key) is before this are all there. */
  readonly passed: bigint
  /** Nothing comes any more. */
  readonly isLast: boolean
}

/** The end of the rows that are passed, of a group from `from` to `to`. */
export function passedTo(
  of: Sequence,
  [from, to]: readonly [number, number],
  { ahead, passed, isLast }: Passing,
  frame: Frame | undefined,
  key: RangeKey | undefined,
): number {
  if (isLast) return to
  let end = to - ahead
  const behind = Number(frame?.to ?? 0)
  if (frame?.mode === 'groups' && behind > 0) end = Math.min(end, peersBack(of, to - 1, from, behind - 1))
  if (isInTime(frame) && key !== undefined) {
    const limit = passed - BigInt(frame.to)
    while (end > from && keyAt(of, key, end - 1) >= limit) end--
  }
  return Math.max(from, end)
}

/** The frame goes on behind the row in time. */
export function isInTime(frame: Frame | undefined): frame is Frame & { readonly to: number | bigint } {
  return frame?.mode === 'range' && Number(frame.to ?? 0) > 0
}

/**
 * How long a row is in frames to come, if nothing else remembers it: then a group that no row comes to any more is forgotten.
 * Undefined: places, lags, and frames of rows or from the beginning remember a group's last rows for ever.
 */
export function remembered(functions: readonly OverFunction[], key: RangeKey | undefined): bigint | undefined {
  if (key === undefined) return undefined
  let longest = 0n
  for (const each of functions) {
    if (each.fn === 'shift' && each.offset >= 0) continue
    if (!('frame' in each) || each.frame.mode !== 'range' || each.frame.from === undefined) return undefined
    const back = -BigInt(each.frame.from)
    if (back > longest) longest = back
  }
  return longest
}

export const keyAt = (of: Sequence, key: RangeKey, row: number): bigint => key.values[of.entry[row] as number] as bigint
