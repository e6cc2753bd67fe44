// `npm run check`: what must hold before a change lands.

import { spawnSync } from 'node:child_process'

const stages: readonly (readonly [string, ...string[]])[] = [
  ['node_modules/@biomejs/biome/bin/biome', 'ci', '.'],
  ['node_modules/typescript/bin/tsc', '--noEmit'],
  ['scripts/test.ts'],
]
for (const stage of stages) {
  const done = spawnSync(process.execPath, stage, { stdio: 'inherit' })
  if (done.status !== 0) process.exit(done.status ?? 1)
}
