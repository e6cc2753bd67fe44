// A group table as the kernels want it told (src/kernels/assembly/group-layout.ts): where keys and state lie in a record,
// what a record to which nothing was added looks like, and which parts own memory.
import { assert } from '../../base/index.ts'
import { kindOf, type Memory, type Ptr } from '../../data/index.ts'
import type { AggregateKey } from '../aggregate-spec.ts'
import { isDecimal, isText, type Part, type Plan } from './parts.ts'

const HEADER_BYTES = 16
const LINK_BYTES = 8
const OWNS_TEXT = 0
const OWNS_EXACT = 1
const OWNS_SKETCH = 2
const OWNS_LINKS = 3
const OWNS_SLOT = 4
const NO_TEXT = 0xffffffffn
/** Where in its part a session's bucket is: windows are ordered by it (src/kernels/assembly/session.ts). */
export const SESSION_BUCKET = 32

export interface KeyLayout {
  /** Offset of each key among the key words. */
  readonly offsets: readonly number[]
  readonly words: number
  readonly nullWords: number
  readonly keysAt: number
  readonly stateAt: number
  readonly views: boolean
}

export function layoutKeys(keys: readonly Pick<AggregateKey, 'type' | 'nullable'>[], windowed: boolean): KeyLayout {
  const offsets: number[] = []
  let words = 0
  for (const key of keys) {
    offsets.push(words * 8)
    words += isText(key) || isDecimal(key) ? 2 : 1
  }
  const nullWords = keys.some(key => key.nullable) ? Math.ceil(keys.length / 64) : 0
  const keysAt = HEADER_BYTES + (windowed ? LINK_BYTES : 0)
  const all = words + nullWords
  const views = keys.some(isText)
  return { offsets, words: all, nullWords, keysAt, stateAt: keysAt + all * 8, views }
}

/**
 * @param window which key is the window's end
 * @param windowAt where in a record the window's end is, if it is not that key
 */
export function makeTable(
  memory: Memory,
  keys: readonly Pick<AggregateKey, 'type' | 'nullable'>[],
  layout: KeyLayout,
  plan: Pick<Plan, 'parts' | 'end'>,
  window: number | undefined,
  durable: boolean,
  windowAt: number = window === undefined ? 0 : layout.keysAt + (layout.offsets[window] as number),
): Ptr {
  assert(plan.end % 8 === 0, `records are words, not ${plan.end} bytes`)
  const template = memory.alloc(plan.end)
  memory.u8.fill(0, template, template + plan.end)
  for (const part of plan.parts) initialise(memory, template, part)
  const descriptors = keys.flatMap((key, i) => [kindOf(key.type), layout.offsets[i] as number])
  const owners = plan.parts.flatMap(ownerOf)
  return (
    memory.kernels.groupNew(
      plan.end,
      template,
      layout.words,
      layout.nullWords,
      putWords(memory, descriptors),
      keys.length,
      layout.keysAt,
      viewsOf(keys),
      windowAt,
      window ?? 0,
      putWords(memory, owners),
      owners.length / 2,
      durable ? 1 : 0,
    ) >>> 0
  )
}

/** As the kernel takes it: whether keys are compared by bytes, and which are intervals. */
function viewsOf(keys: readonly Pick<AggregateKey, 'type'>[]): number {
  const spans = keys.slice(0, 31).map((key, i) => (key.type.kind === 'interval' ? 2 ** (i + 1) : 0))
  return spans.reduce((sum, each) => sum + each, keys.some(isText) ? 1 : 0)
}

function putWords(memory: Memory, words: readonly number[]): Ptr {
  const ptr = memory.alloc(Math.max(words.length, 1) * 4)
  memory.u32.set(words, ptr >>> 2)
  return ptr
}

/** Extremes start beyond every value, texts with a length that no text has; all else starts with zeros. */
function initialise(memory: Memory, template: Ptr, part: Part): void {
  const word = (template + part.at) >>> 3
  if (part.what === 'extreme') memory.i64[word] = part.greatest ? -(2n ** 63n) : 2n ** 63n - 1n
  if (part.what === 'extremePlace')
    memory.u8.fill(part.greatest ? 0 : 255, template + part.at, template + part.at + part.bytes)
  if (part.what === 'extremeText') memory.i64[word] = NO_TEXT
  if (part.what === 'session') memory.i64[word + SESSION_BUCKET / 8] = 2n ** 63n - 1n
  if (part.what === 'user') memory.i64[word + 2] = NO_TEXT
  if (part.what === 'pick' && isText(part.args[0]!)) memory.i64[word + 2] = NO_TEXT
}

function ownerOf(part: Part): readonly number[] {
  switch (part.what) {
    case 'sumDouble':
    case 'squareDouble':
      return [OWNS_EXACT, part.at]
    case 'sketch':
      return [OWNS_SKETCH, part.at]
    case 'root':
      return [OWNS_LINKS, part.at]
    case 'extremeText':
      return [OWNS_TEXT, part.at]
    case 'user':
      return [OWNS_SLOT, part.at, OWNS_TEXT, part.at + 16]
    case 'pick':
      return isText(part.args[0]!) ? [OWNS_TEXT, part.at + 16] : []
    default:
      return []
  }
}
