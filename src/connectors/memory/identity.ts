// What makes a row one among others, as a text. Values that JSON can't tell apart get a letter in front, as a date and its text. 1 and 1n are the same: a column that was an int
// may become a bigint.
export function identity(row: object, columns: readonly string[]): string {
  const values = columns.map(name => (row as Record<string, unknown>)[name])
  return JSON.stringify(values, function (this: Record<string, unknown>, key, shown: unknown) {
    const value = this[key]
    if (typeof value === 'bigint' || Number.isInteger(value)) return `n${value}`
    if (typeof value === 'string') return `s${value}`
    if (value instanceof Date) return `d${value.getTime()}`
    if (value instanceof Uint8Array) return `b${Buffer.from(value).toString('hex')}`
    if (typeof value === 'number' && !Number.isFinite(value)) return `f${value}`
    return shown
  })
}
