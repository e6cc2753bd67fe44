// Values as an aligned table: text to the left, numbers to the right, everything cut to a width.

import { fitted, GAP } from './fit.ts'

export interface LayoutOptions {
  /** Characters of a cell at most. */
  readonly truncate: number
  /** Where the cells of each column stand; numbers to the right unless told. */
  readonly aligns?: readonly Align[]
  /** Characters of a line at most: columns that do not fit are narrowed, or left out. */
  readonly width?: number | undefined
}

export type Align = 'left' | 'right'

/** Lines of a table with a header, a rule and one line per row. */
export function layout(
  names: readonly string[],
  rows: readonly (readonly unknown[])[],
  options: LayoutOptions,
): string[] {
  const { truncate, width: room = Number.POSITIVE_INFINITY } = options
  const cells = rows.map(row => row.map(value => cut(show(value), truncate)))
  const head = names.map(name => cut(printable(name), truncate))
  const wanted = head.map((name, i) => cells.reduce((most, row) => Math.max(most, width(row[i] ?? '')), width(name)))
  const widths = room === Number.POSITIVE_INFINITY ? wanted : fitted(wanted, room)
  const aligns = options.aligns ?? names.map((_, i): Align => (rows.some(row => isNumber(row[i])) ? 'right' : 'left'))
  const line = (texts: readonly string[]) =>
    widths
      .map((size, i) => pad(cut(texts[i] ?? '', size), size, aligns[i] ?? 'left'))
      .join(' '.repeat(GAP))
      .trimEnd()
  return [line(head), widths.map(each => '-'.repeat(each)).join(' '.repeat(GAP)), ...cells.map(line)]
}

/** One value as a cell. */
export function show(value: unknown): string {
  if (value === null || value === undefined) return 'null'
  if (value instanceof Date) return value.toISOString().replace('T', ' ').replace('.000Z', 'Z')
  if (value instanceof Uint8Array) return `0x${Buffer.from(value).toString('hex')}`
  if (typeof value === 'string') return printable(value)
  if (typeof value !== 'object') return String(value)
  if (Array.isArray(value)) return `[${value.map(show).join(', ')}]`
  return `{${Object.entries(value)
    .map(([name, inner]) => `${printable(name)}: ${show(inner)}`)
    .join(', ')}}`
}

// Control characters of data must not move the cursor or colour the terminal.
function printable(text: string): string {
  return text.replace(/\p{C}/gu, each => `\\u${(each.codePointAt(0) as number).toString(16).padStart(4, '0')}`)
}

function cut(text: string, most: number): string {
  if (text.length <= most && width(text) <= most) return text
  let kept = ''
  let room = most - 1
  for (const character of text) {
    room -= width(character)
    if (room < 0) break
    kept += character
  }
  return width(text) > most ? `${kept}…` : text
}

// Wide characters (CJK, emoji) take two columns of a terminal.
function width(text: string): number {
  if (/^[ -~]*$/.test(text)) return text.length
  let total = 0
  for (const character of text)
    total +=
      /[\u1100-\u115f\u2e80-\ua4cf\uac00-\ud7a3\uf900-\ufaff\ufe30-\ufe6f\uff00-\uff60\uffe0-\uffe6]|\p{Emoji_Presentation}/u.test(
        character,
      )
        ? 2
        : 1
  return total
}

function pad(text: string, size: number, align: Align): string {
  const space = ' '.repeat(Math.max(0, size - width(text)))
  return align === 'right' ? space + text : text + space
}

function isNumber(value: unknown): boolean {
  return typeof value === 'number' || typeof value === 'bigint'
}
