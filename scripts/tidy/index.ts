// All tidy checks by name. A budget in rooms.json lets a check find that many things and no more; budgets only fall.

import { bannedCalls, bareError } from './bans.ts'
import { cycles } from './cycles.ts'
import { deadExports, deadFiles, deadKernels } from './exports.ts'
import type { Check, House } from './house.ts'
import { addresses, imports, knownRooms, rootLoads } from './imports.ts'
import { twins, untested } from './mirror.ts'
import { longFiles, longFunctions } from './size.ts'
import type { Finding } from './source.ts'
import { lawTests, links, lockHosts, machinePaths } from './text.ts'
import { anyTypes, notesForLater, silencedTypes } from './words.ts'

export const checks: Readonly<Record<string, Check>> = {
  addresses,
  anyTypes,
  bannedCalls,
  bareError,
  cycles,
  deadExports,
  deadFiles,
  deadKernels,
  imports,
  knownRooms,
  lawTests,
  links,
  lockHosts,
  longFiles,
  longFunctions,
  machinePaths,
  notesForLater,
  rootLoads,
  silencedTypes,
  twins,
  untested,
}

const lineOfFinding = ({ path, line, what }: Finding): string => `  ${path}:${line} ${what}`

export interface Verdict {
  readonly ok: boolean
  readonly text: string
}

/** Run one check against its budget. */
export function judge(house: House, name: string, check: Check): Verdict {
  const findings = check(house)
  const budget = house.rooms.budgets[name] ?? 0
  const list = findings.map(lineOfFinding).join('\n')
  if (findings.length > budget)
    return { ok: false, text: `${name}: ${findings.length} found, ${budget} allowed\n${list}` }
  if (findings.length === budget)
    return { ok: true, text: budget === 0 ? '' : `${name}: ${budget} within budget\n${list}` }
  return { ok: true, text: `${name}: the budget of ${budget} in rooms.json can fall to ${findings.length}\n${list}` }
}
