// Every example is a program that ends by itself with exit code 0 and shows something. The main job has its own test, for it is long.

import assert from 'node:assert/strict'
import { test } from 'node:test'
import { exampleNames, runExample } from './support/examples.ts'

for (const name of exampleNames.filter(each => each !== 'flights.ts')) {
  test(`examples/${name} runs to its end`, async () => {
    assert.notEqual(await runExample(name), '', 'an example shows something')
  })
}
