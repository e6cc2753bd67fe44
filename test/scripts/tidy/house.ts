// Small houses from strings, for the tests of the tidy checks.

import { type Check, houseOf, type Manifest } from '../../../scripts/tidy/house.ts'
import type { Rooms } from '../../../scripts/tidy/rooms.ts'

export interface Plan {
  readonly files: Readonly<Record<string, string>>
  readonly rooms?: Partial<Rooms>
  readonly manifest?: Partial<Manifest>
}

const rooms: Rooms = {
  strata: ['base', 'types', 'kernels', 'plan', 'ops', 'runtime', 'host', 'cli'],
  pure: ['base', 'types', 'kernels', 'plan', 'ops', 'runtime'],
  never: { ops: ['plan'] },
  doors: {},
  wiring: { files: ['src/index.ts'], usedBy: ['cli'] },
  packages: {},
  loadedByRoot: [],
  entries: [],
  long: {},
  tests: {},
  budgets: {},
}

const manifest: Manifest = {
  exports: { '.': { 'millrace-src': './src/index.ts' }, './package.json': './package.json' },
  bin: { millrace: 'dist/cli/main.js' },
}

export const house = (plan: Plan) =>
  houseOf({ ...rooms, ...plan.rooms }, { ...manifest, ...plan.manifest }, new Map(Object.entries(plan.files)))

/** What a check finds, one line a finding: `path:line what`. */
export const found = (check: Check, plan: Plan): string[] =>
  check(house(plan)).map(({ path, line, what }) => `${path}:${line} ${what}`)
