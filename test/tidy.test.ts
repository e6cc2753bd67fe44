// The house is tidy: each check of scripts/tidy on the whole repository, within the budgets of rooms.json.

import { test } from 'node:test'
import { fileURLToPath } from 'node:url'
import { readHouse } from '../scripts/tidy/house.ts'
import { checks, judge } from '../scripts/tidy/index.ts'

const house = readHouse(fileURLToPath(new URL('..', import.meta.url)))

for (const [name, check] of Object.entries(checks)) {
  test(`tidy: ${name}`, t => {
    const { ok, text } = judge(house, name, check)
    if (text !== '') t.diagnostic(text)
    // The findings are the message; where in this file they came up says nothing.
    if (!ok) throw Object.assign(new Error(text), { stack: text })
  })
}
