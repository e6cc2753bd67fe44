// What makes a row one among others, as a text. Values that JSON can't tell apart get a letter in front, as a date and its text.
// 1 and 1n are the same: a column that was an int may become a bigint.
export function identity(row: object, columns: readonly string[]): string {
  let text = ''
  for (const name of columns) text += `${partOf((row as Record<string, unknown>)[name])},`
  return text
}

/** A text between quotes, a number with a letter, or JSON that begins with a bracket: what follows can't run into it. */
function partOf(value: unknown): string {
  if (typeof value === 'string') return JSON.stringify(value)
  if (typeof value === 'bigint' || Number.isInteger(value)) return `n${value}`
  if (typeof value === 'number') return `f${value}`
  return value !== null && typeof value === 'object' ? nested(value) : String(value ?? null)
}

function nested(value: object): string {
  return JSON.stringify([value], function (this: Record<string, unknown>, key, shown: unknown) {
    const own = this[key]
    if (typeof own === 'bigint' || Number.isInteger(own)) return `n${own}`
    if (typeof own === 'string') return `s${own}`
    if (own instanceof Date) return `d${own.getTime()}`
    if (own instanceof Uint8Array) return `b${Buffer.from(own).toString('hex')}`
    if (typeof own === 'number' && !Number.isFinite(own)) return `f${own}`
    return shown
  })
}
