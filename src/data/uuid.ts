// A uuid is its 16 bytes, so that its order is theirs. Text is read with hyphens or without, in any case, and written in
// lower case.

/** Hyphens may stand behind every four digits, and braces around all of them. */
const TEXT = /^(?:[0-9a-fA-F]{4}-?){7}[0-9a-fA-F]{4}$/

/** The bytes; undefined if the text is no uuid. */
export function uuidOfText(text: string): Uint8Array | undefined {
  const bare = text.startsWith('{') && text.endsWith('}') ? text.slice(1, -1) : text
  if (!TEXT.test(bare)) return undefined
  const digits = bare.replaceAll('-', '')
  return Uint8Array.from({ length: 16 }, (_, i) => Number.parseInt(digits.slice(2 * i, 2 * i + 2), 16))
}

const HEX = Array.from({ length: 256 }, (_, byte) => byte.toString(16).padStart(2, '0'))
const DASHED: ReadonlySet<number> = new Set([4, 6, 8, 10])

/** `9b2b38c6-1c0c-4c52-8a5d-2f1d0c9d7a10` of 16 bytes that begin at `at`. */
export function uuidText(bytes: Uint8Array, at = 0): string {
  let text = ''
  for (let i = 0; i < 16; i++) text += (DASHED.has(i) ? '-' : '') + HEX[bytes[at + i] as number]
  return text
}
