// Bad rows are told once, in the flush after they were noted, with their place and their text.
import assert from 'node:assert/strict'
import { test } from 'node:test'
import { MillraceError } from '../../src/base/index.ts'
import { rowsOf } from '../../src/data/index.ts'
import { errorsSchema } from '../../src/plan/index.ts'
import { badRows } from '../../src/runtime/errors-operator.ts'
import { memoryOf } from './support.ts'

test('a row that could not be decoded becomes a row of the table of errors', () => {
  const memory = memoryOf()
  const bad = badRows()
  const operator = bad.operator({ memory, arena: memory.arena(), operator: 'errors-1' })
  const position = { source: 'a.jsonl', line: 3, byte: 120, column: 'n' }
  bad.note(new MillraceError('BAD_VALUE', {}, { position }), Uint8Array.from([0x7b, 0xff]))
  const told: object[] = []
  const flush = (): void => operator.flush((_port, delta) => told.push(...rowsOf(delta, errorsSchema, memory)))
  flush()
  flush()
  assert.equal(told.length, 1)
  const { reason, ...rest } = told[0] as { reason: string }
  assert.match(reason, /BAD_VALUE/)
  assert.deepEqual(rest, { ...position, code: 'BAD_VALUE', raw: '{\ufffd' })
})
