// Law 9: an id becomes a folder's name by escaping, never as it is. The name tells the id, is the same on every
// file system, and can't leave the folder it is in.
import { fail } from '../base/index.ts'

const NAME_BYTES = 200
const RESERVED = /^(con|prn|aux|nul|com[0-9]|lpt[0-9])$/i

/** The id as a folder name: letters, digits, - and _ stay, every other byte is %XX (UTF-8). */
export function folderOf(id: string): string {
  if (id === '') fail('BAD_RUN', { reason: 'its id is empty', fix: 'give it a name, such as delays' })
  let name = ''
  for (const byte of new TextEncoder().encode(id)) {
    const letter = String.fromCharCode(byte)
    name += /[A-Za-z0-9_-]/.test(letter) ? letter : escapeByte(byte)
  }
  if (RESERVED.test(name)) name = escapeByte(name.charCodeAt(0)) + name.slice(1)
  if (name.length > NAME_BYTES) {
    fail('BAD_RUN', {
      reason: `its id is ${name.length} bytes long as a folder name`,
      fix: `use one of at most ${NAME_BYTES}`,
    })
  }
  return name
}

/** Where a query's checkpoints are. */
export const queryFolder = (dir: string, id: string): string => `${dir}/queries/${folderOf(id)}`

const escapeByte = (byte: number): string => `%${byte.toString(16).toUpperCase().padStart(2, '0')}`

/** Epoch numbers as file names that sort. */
export const numbered = (epoch: number): string => String(epoch).padStart(12, '0')

/** The epoch of a file name, or undefined where it is none (a temporary file, a visitor). */
export function epochOf(name: string): number | undefined {
  return /^\d{12}$/.test(name) ? Number(name) : undefined
}
