// The texts between the values of a JSON row.
import assert from 'node:assert/strict'
import { test } from 'node:test'
import { jsonHeads } from '../../../src/data/encode/heads.ts'
import { scalars } from '../../../src/types/index.ts'

/** [paths, the texts, the last one]. */
for (const [paths, heads, tail] of [
  [[], [], '{}\n'],
  [['a', 'b'], ['{"a":', ',"b":'], '}\n'],
  [['w.s', 'w.e', 'n'], ['{"w":{"s":', ',"e":', '},"n":'], '}\n'],
  [['n', 'x.y.z'], ['{"n":', ',"x":{"y":{"z":'], '}}}\n'],
  [['x.a', 'y.a'], ['{"x":{"a":', '},"y":{"a":'], '}}\n'],
  [['"'], ['{"\\"":'], '}\n'],
] as const) {
  test(`${paths.join(' ') || 'no leaves'}`, () => {
    const leaves = paths.map(path => ({ path: path.split('.'), type: scalars.int, nullable: false }))
    assert.deepEqual(jsonHeads(leaves), { heads, tail })
  })
}
