// What the CSV encoder wrote, taken apart again: records, and the cells of a record. A cell that is not quoted and equals
// the text of null is null.

/** The text of null in what is taken apart here. */
export const NULL_TEXT = '\\N'

/** The records of a text that ends with a newline; a newline between quotes belongs to its record. */
export function recordsOf(text: string): string[] {
  const records: string[] = []
  let start = 0
  for (let at = text.indexOf('\n'); at !== -1; at = text.indexOf('\n', at + 1)) {
    if (isOpen(text, start, at)) continue
    records.push(text.slice(start, at))
    start = at + 1
  }
  return records
}

/** Between quotes: their number so far is odd. */
function isOpen(text: string, from: number, to: number): boolean {
  let open = false
  for (let at = text.indexOf('"', from); at !== -1 && at < to; at = text.indexOf('"', at + 1)) open = !open
  return open
}

export function cellsOf(record: string): (string | null)[] {
  const cells: (string | null)[] = []
  for (let at = 0; at <= record.length; ) {
    const end = record[at] === '"' ? closing(record, at) : nextComma(record, at)
    const raw = record.slice(at, end)
    cells.push(raw === NULL_TEXT ? null : unquoted(raw))
    at = end + 1
  }
  return cells
}

function nextComma(record: string, from: number): number {
  const at = record.indexOf(',', from)
  return at === -1 ? record.length : at
}

/** Behind the quote that closes the one at `from`. */
function closing(record: string, from: number): number {
  let at = from + 1
  for (;;) {
    const quote = record.indexOf('"', at)
    if (quote === -1) return record.length
    if (record[quote + 1] !== '"') return quote + 1
    at = quote + 2
  }
}

const unquoted = (raw: string): string => (raw.startsWith('"') ? raw.slice(1, -1).replaceAll('""', '"') : raw)
