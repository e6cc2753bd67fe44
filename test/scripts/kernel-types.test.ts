// The interface of the kernels says for each exported function what crosses to the host.

import assert from 'node:assert/strict'
import { test } from 'node:test'
import { kernelsInterface } from '../../scripts/kernel-types.mjs'

const sources = `
/** Bytes in use. */
export function used(): u32 { return 0; }
// @ts-ignore: decorator
@inline
export function sum(a: i64, b: f64, // why
  c: usize = 8): i64 { return 0; }
export function hidden(x: v128): v128 { return x; }
`

const functions = (...names: string[]) => names.map(name => ({ name, kind: 'function' }))

test('parameters, optional parameters, docs and 64-bit integers', () => {
  const text = kernelsInterface([...functions('used', 'sum'), { name: 'memory', kind: 'memory' }], sources)
  assert.equal(
    text,
    `/** What the module exports. */
export interface Kernels {
  /** Bytes in use. */
  used(): number
  sum(a: bigint, b: number, c?: number): bigint
}
`,
  )
})

test('a type that cannot cross is refused where it is exported', () => {
  assert.throws(() => kernelsInterface(functions('hidden'), sources), /v128 can't cross/)
})

test('an export without a declaration is refused', () => {
  assert.throws(() => kernelsInterface(functions('other'), sources), /no 'export function other'/)
})
