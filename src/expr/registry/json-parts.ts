// Json documents in pieces: members of objects, elements of arrays, each as it was written.
import { compareDecimals, decimalOfText } from '../../data/index.ts'
import { field, first, jsonElements, members } from '../json-text.ts'
import { raise } from './entry.ts'

/** The members of an object by key; of duplicate keys the last. */
export function fieldsOf(text: string): Map<string, string> {
  const found = new Map<string, string>()
  members(text, (key, piece) => found.set(JSON.parse(key as string), piece))
  return found
}

export const object = (fields: ReadonlyMap<string, string>): string =>
  `{${[...fields].map(([key, piece]) => `${JSON.stringify(key)}: ${piece}`).join(', ')}}`

export const array = (pieces: readonly string[]): string => `[${pieces.join(', ')}]`

/** Scalars are equal as values: 1.0 is 1, "a" is "\u0061". */
export function sameScalar(a: string, b: string): boolean {
  const [x, y] = [a.trim(), b.trim()]
  if (x === y) return true
  if (x.startsWith('"') && y.startsWith('"')) return JSON.parse(x) === JSON.parse(y)
  const [m, n] = [decimalOfText(x), decimalOfText(y)]
  if (m === undefined || n === undefined) return false
  return m === 'long' || n === 'long' ? Number(x) === Number(y) : compareDecimals(m, n) === 0
}

/** A key of an object, a string of an array, or the string itself. */
export function has(text: string, key: string): boolean {
  if (first(text) === '{') return field(text, key) !== null
  const strings = jsonElements(text) ?? [text.trim()]
  return strings.some(each => each.startsWith('"') && JSON.parse(each) === key)
}

export const elements = (text: string): string[] => jsonElements(text) ?? raise('INVALID_ARGUMENT')

/** The object without a key, the array without those strings. */
export function without(text: string, key: string): string {
  if (first(text) === '{') return object(new Map([...fieldsOf(text)].filter(([own]) => own !== key)))
  return array(elements(text).filter(each => !(each.startsWith('"') && JSON.parse(each) === key)))
}
