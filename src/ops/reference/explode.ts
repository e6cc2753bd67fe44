// The twin of explode: flatMap over the elements.
import type { Row, Weighted } from './zset.ts'

/** `names`: of the element, or of key and value. */
export function explodeTwin(
  input: readonly Weighted[],
  column: string,
  names: readonly string[],
  ordinal: string | undefined,
  outer: boolean,
): Weighted[] {
  return input.flatMap(({ row, weight }) => {
    const value = row[column] as Iterable<unknown> | null
    const elements = value === null ? [] : [...value].map(each => (names.length === 2 ? (each as unknown[]) : [each]))
    const numbered: (readonly [unknown[], number | null])[] = elements.map((each, n) => [each, n])
    if (numbered.length === 0 && outer) numbered.push([names.map(() => null), null])
    return numbered.map(([parts, n]) => ({ row: with_(row, column, names, parts, ordinal, n), weight }))
  })
}

function with_(
  row: Row,
  column: string,
  names: readonly string[],
  parts: readonly unknown[],
  ordinal: string | undefined,
  n: number | null,
): Row {
  const entries = Object.entries(row).flatMap(([name, value]) =>
    name === column ? names.map((each, i) => [each, parts[i]] as const) : [[name, value] as const],
  )
  return Object.fromEntries(ordinal === undefined ? entries : [...entries, [ordinal, n]])
}
