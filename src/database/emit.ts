// When the results of windows are told: options of what is written, `emit = 'final'`, `emit_early = '1 minute or 100 rows'`. Law: they
// say what the typed verbs say (`.final()`, `.emit({ early, late, when, accumulate })`), under the same names.
import { type Duration, fail, micros } from '../base/index.ts'
import { column, suggestion } from '../expr/index.ts'
import { type Node, properties, schema, selectOf } from '../plan/index.ts'
import { type Accumulate, type EmitOptions, type PaneTrigger, WindowedTable } from '../table/index.ts'
import type { Schema } from '../types/index.ts'
import type { Place } from './place.ts'

export type Emit =
  | { readonly kind: 'changes' }
  | { readonly kind: 'final' }
  | { readonly kind: 'panes'; readonly options: EmitOptions; readonly every: string | undefined }

/** Where the texts of the options come from: WITH, or SET. */
export interface EmitTexts {
  text(name: string): string | undefined
  /** The option can't be what it is. */
  refuse(name: string, fix: string): never
}

const WORDS = ['final', 'changes', 'panes']
const WAYS: readonly Accumulate[] = ['accumulating', 'discarding', 'retracting']
const TRIGGER = "write '1 minute', 'every 10 seconds', '100 rows', or several with or, and, then"

/** What the options say; undefined: nothing. */
export function emitOf(texts: EmitTexts): Emit | undefined {
  const word = texts.text('emit')?.trim().toLowerCase()
  const given = {
    early: triggerOf('emit_early', texts),
    late: triggerOf('emit_late', texts),
    when: triggerOf('emit_when', texts),
  }
  const accumulate = accumulateOf(texts)
  const isPlain = Object.values(given).every(each => each === undefined) && accumulate === undefined
  if (word === undefined && isPlain) return undefined
  if (word === 'final' || word === 'changes') {
    if (!isPlain) texts.refuse('emit', "write emit = 'panes', or leave emit_… and accumulate out")
    return word === 'final' ? { kind: 'final' } : { kind: 'changes' }
  }
  const early = word === undefined || word === 'panes' ? given.early : triggerOf('emit', texts)
  if (given.when !== undefined && (early ?? given.late) !== undefined)
    texts.refuse('emit_when', 'it is instead of emit_early and emit_late: leave them out')
  const parts = given.when === undefined ? { early, late: given.late } : { when: given.when }
  const told = Object.fromEntries(Object.entries(parts).filter(([, each]) => each !== undefined))
  const every = word === undefined ? undefined : /^every (.+)$/.exec(word)?.[1]
  return { kind: 'panes', options: { ...told, accumulate: accumulate ?? 'accumulating' } as EmitOptions, every }
}

function accumulateOf(texts: EmitTexts): Accumulate | undefined {
  const text = texts.text('accumulate')?.trim().toLowerCase()
  if (text === undefined) return undefined
  return WAYS.find(each => each === text) ?? texts.refuse('accumulate', suggestion(text, WAYS))
}

function triggerOf(name: 'emit' | 'emit_early' | 'emit_late' | 'emit_when', texts: EmitTexts): PaneTrigger | undefined {
  const text = texts.text(name)?.trim().toLowerCase()
  if (text === undefined) return undefined
  const near = name === 'emit' && !/\d/.test(text) ? `${suggestion(text, WORDS)}; or ${TRIGGER}` : TRIGGER
  return triggerIn(text) ?? texts.refuse(name, near)
}

const JOINED = { then: 'each', or: 'any', and: 'all' } as const

/** A trigger as words; undefined: it is none. */
function triggerIn(text: string): PaneTrigger | undefined {
  for (const [word, kind] of Object.entries(JOINED)) {
    const parts = text.split(new RegExp(`\\s+${word}\\s+`))
    if (parts.length === 1) continue
    const found = parts.map(triggerIn)
    return found.every(each => each !== undefined) ? ({ [kind]: found } as unknown as PaneTrigger) : undefined
  }
  if (text === 'watermark') return { watermark: true }
  const rows = /^(?:after )?([1-9]\d{0,14}) rows?$/.exec(text)?.[1]
  if (rows !== undefined) return { rows: Number(rows) }
  const [, how, time] = /^(?:(after|every) )?(.+)$/.exec(text) ?? []
  if (time === undefined || !isDuration(time)) return undefined
  return how === 'every' ? { every: time } : { after: time }
}

function isDuration(text: string): text is Duration & string {
  try {
    return micros(text as Duration) > 0n
  } catch {
    return false
  }
}

/** A table as it is told. @param columns that are wanted; undefined: all, and those that say which pane it is */
export function emitted(
  node: Node,
  emit: Emit | undefined,
  columns: Schema | undefined,
  { session }: Pick<Place, 'session'>,
): Node {
  if (emit === undefined || emit.kind === 'changes') return node
  if (!isWindowed(node)) {
    if (emit.kind === 'panes' && emit.every !== undefined) return node
    const fix = "group by a window: GROUP BY tumble(at, '10 seconds'); or leave it out"
    return fail('BAD_OPTION', { option: 'emit', of: 'this statement', reason: 'its query has no windows of time', fix })
  }
  const table = new WindowedTable<object, object>(node, session)
  if (emit.kind === 'final') return table.final().node
  const panes = table.emit(emit.options).node
  if (columns === undefined) return panes
  return selectOf(
    panes,
    schema(node).fields.map(({ name }) => ({ name, expr: column(name) })),
  )
}

/** `emit = 'every 10 seconds'` of a query without windows: how often an epoch is made. */
export const everyOf = (node: Node, emit: Emit | undefined): string | undefined =>
  emit?.kind === 'panes' && !isWindowed(node) ? emit.every : undefined

/** Aggregates of windows, seen through what keeps a row a row: these can be told when they are final. */
export function isWindowed(node: Node): boolean {
  if (node.kind === 'select' || node.kind === 'where') return isWindowed(node.input)
  if (node.kind === 'union') return node.inputs.every(isWindowed)
  const holds = node.kind === 'aggregate' || node.kind === 'rank' || node.kind === 'over'
  return holds && properties(node).window !== undefined
}
