// The real world in one value, as the runtime and the connectors take it.
import type { Clock, Disk, Random } from '../base/index.ts'
import { realClock } from './clock.ts'
import { realDisk } from './disk.ts'
import { realRandom } from './random.ts'

/** The machine we run on; relative paths start at `root`. */
export function realWorld(root?: string): { readonly clock: Clock; readonly disk: Disk; readonly random: Random } {
  return { clock: realClock, disk: realDisk(root), random: realRandom }
}
