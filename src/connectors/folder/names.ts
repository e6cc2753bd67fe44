// Law 9: no value from the data becomes a path without escaping. What is not a plain letter, digit or one of a few
// marks is %-escaped byte by byte, so '..', '/', NUL, newlines and the escapes of others all stay one harmless name.
import { builtin } from '../../host/index.ts'

/** Bytes of a name that every file system takes, with room for `column=`. */
const LONGEST_VALUE = 120
const NULL_NAME = '__null__'

/** `column=value` as one component of a path. Different values have different names. */
export function partitionFolder(column: string, value: unknown): string {
  return `${visible(escapeName(column))}=${valueName(value)}`
}

/** Names that begin with . or _ are work in progress for everyone who reads the folder, us included. */
function visible(name: string): string {
  return /^[._]/.test(name) ? `${name.startsWith('.') ? '%2E' : '%5F'}${name.slice(1)}` : name
}

function valueName(value: unknown): string {
  if (value === null || value === undefined) return NULL_NAME
  const text = textOf(value)
  return text === NULL_NAME ? `%5F${NULL_NAME.slice(1)}` : escapeName(text)
}

function textOf(value: unknown): string {
  if (value instanceof Date) return value.toISOString().replace('.000Z', 'Z')
  if (value instanceof Uint8Array) return Buffer.from(value).toString('hex')
  return typeof value === 'object' ? JSON.stringify(value) : String(value)
}

/** Text as a name: a long one is cut and told apart by a hash. */
export function escapeName(text: string): string {
  let name = ''
  for (const byte of Buffer.from(text, 'utf8')) name += isPlain(byte) ? String.fromCharCode(byte) : escapeByte(byte)
  if (/^\.+$/.test(name)) name = name.replaceAll('.', '%2E')
  if (name.length <= LONGEST_VALUE) return name
  // Loaded when it is needed, which is seldom.
  const { createHash } = builtin('node:crypto')
  const hash = createHash('sha256').update(text).digest('hex').slice(0, 24)
  return `${name.slice(0, LONGEST_VALUE - 25)}~${hash}`
}

function escapeByte(byte: number): string {
  return `%${byte.toString(16).toUpperCase().padStart(2, '0')}`
}

// Letters, digits, and - _ . : the rest may mean something to a shell, a file system or a path.
function isPlain(byte: number): boolean {
  return (
    (byte >= 48 && byte <= 57) ||
    (byte >= 65 && byte <= 90) ||
    (byte >= 97 && byte <= 122) ||
    [45, 46, 95].includes(byte)
  )
}

/** The visible name of the n-th file. */
export function partName(n: number, extension: string): string {
  return `part-${String(n).padStart(6, '0')}.${extension}`
}

/** The n of a visible file; undefined for any other file. */
export function partNumber(path: string, extension: string): number | undefined {
  const name = path.slice(path.lastIndexOf('/') + 1)
  const digits = name.startsWith('part-') && name.endsWith(`.${extension}`) ? name.slice(5, -extension.length - 1) : ''
  return /^\d{6,}$/.test(digits) ? Number(digits) : undefined
}
