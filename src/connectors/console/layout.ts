// Values as an aligned table: text to the left, numbers to the right, everything cut to a width.

export interface LayoutOptions {
  /** Characters of a cell at most. */
  readonly truncate: number
}

type Align = 'left' | 'right'

/** Lines of a table with a header, a rule and one line per row. */
export function layout(
  names: readonly string[],
  rows: readonly (readonly unknown[])[],
  options: LayoutOptions,
): string[] {
  const cells = rows.map(row => row.map(value => cut(show(value), options.truncate)))
  const head = names.map(name => cut(printable(name), options.truncate))
  const widths = head.map((name, i) => cells.reduce((most, row) => Math.max(most, width(row[i] ?? '')), width(name)))
  const aligns = head.map((_, i): Align => (rows.some(row => isNumber(row[i])) ? 'right' : 'left'))
  const line = (texts: readonly string[]) =>
    texts
      .map((text, i) => pad(text, widths[i] as number, aligns[i] as Align))
      .join('  ')
      .trimEnd()
  return [line(head), widths.map(each => '-'.repeat(each)).join('  '), ...cells.map(line)]
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
  const characters = [...text]
  return characters.length > most ? `${characters.slice(0, most - 1).join('')}…` : text
}

// Wide characters (CJK, emoji) take two columns of a terminal.
function width(text: string): number {
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
