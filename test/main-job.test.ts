// The main job (`npm start`, examples/flights.ts) on the package as it is published: three million flights to the end.
import assert from 'node:assert/strict'
import { test } from 'node:test'
import { runExample } from './support/examples.ts'

test('examples/flights.ts runs to its end', async () => {
  assert.notEqual(await runExample('flights.ts'), '', 'an example shows something')
})
