// A value of a result as text, alike for every contestant: instants in milliseconds, dates as days, decimals to
// their scale (columns hand them over as numbers, which prices have room in).
export function textOf(value: unknown, { kind, scale }: { readonly kind: string; readonly scale?: number }): string {
  if (value === null || value === undefined) return 'null'
  if (kind === 'timestamp') return String(value instanceof Date ? value.getTime() : Math.floor(Number(value)))
  if (kind === 'date') return new Date(Number(value)).toISOString().slice(0, 10)
  return kind === 'decimal' && scale !== undefined ? Number(value).toFixed(scale) : String(value)
}
