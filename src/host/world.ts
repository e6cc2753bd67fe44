// The real world in one value, as the runtime and the connectors take it.
import type { Clock, Disk, Random } from '../base/index.ts'
import { realClock } from './clock.ts'
import { realDisk } from './disk.ts'
import { realRandom } from './random.ts'

/**
 * The machine we run on. Relative paths start at `root`; without one at the directory that the process works in when the
 * disk is asked for. Who starts something takes a copy (`{ ...world }`), so that it stays where it was started.
 */
export function realWorld(root?: string): { readonly clock: Clock; readonly disk: Disk; readonly random: Random } {
  return {
    clock: realClock,
    get disk() {
      return realDisk(root)
    },
    random: realRandom,
  }
}
