// A folder with all above it. Node's own `recursive` asks for ever where a parent is there and takes no folders (/proc):
// here every folder is asked for once on the way up and once on the way down.
import { mkdir, stat } from 'node:fs/promises'
import { dirname } from 'node:path'

/** The topmost folder that was made; undefined when all were there. */
export async function makeFolders(real: string): Promise<string | undefined> {
  try {
    return (await makeOne(real)) ? real : undefined
  } catch (error) {
    const above = dirname(real)
    if ((error as NodeJS.ErrnoException).code !== 'ENOENT' || above === real) throw error
    const first = await makeFolders(above)
    return (await makeOne(real)) ? (first ?? real) : first
  }
}

/** False when it is there already. */
async function makeOne(real: string): Promise<boolean> {
  try {
    await mkdir(real)
    return true
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException
    if (code === 'EEXIST' && (await stat(real)).isDirectory()) return false
    throw error
  }
}
