import assert from 'node:assert/strict'
import { test } from 'node:test'
import zlib from 'node:zlib'
import { builtin } from '../../src/host/builtin.ts'

test('a module of Node is what an import of it gives', () => {
  assert.equal(builtin('node:zlib').crc32, zlib.crc32)
})
