// The kernels' numbers and their meanings in TypeScript are the same list.
import assert from 'node:assert/strict'
import { readFileSync } from 'node:fs'
import { test } from 'node:test'
import { logical, reasons } from '../../../src/data/decode/codes.ts'

const source = readFileSync(new URL('../../../src/kernels/assembly/decode.ts', import.meta.url), 'utf8')
const constants = (type: string): Map<string, number> =>
  new Map(
    [...source.matchAll(new RegExp(`export const (\\w+): ${type} = (\\d+);`, 'g'))].map(each => [
      each[1] as string,
      Number(each[2]),
    ]),
  )

test('every code of a bad row has a reason', () => {
  const codes = [...constants('i32')].filter(([name]) => name !== 'INCOMPLETE').map(([, code]) => code)
  assert.ok(codes.length > 20)
  assert.deepEqual(codes, Object.keys(reasons).map(Number))
})

test('logical kinds have the kernels’ numbers', () => {
  const kernel = constants('u32')
  for (const [kind, number] of Object.entries(logical)) {
    assert.equal(number, kernel.get(kind === 'bigint' ? 'INT' : kind.toUpperCase()), kind)
  }
})
