// Law 8 for statements that change rows: each statement of test/sql/changes is done on PostgreSQL and here. Both refuse it, for the
// same reason, or both tell the same rows (RETURNING) or number of rows; and then every table holds the same.
import assert from 'node:assert/strict'
import { join } from 'node:path'
import { after, before, describe, test } from 'node:test'
import { millrace } from '../../src/index.ts'
import { corpora } from './support/corpus.ts'
import { type Ours, ours } from './support/ours.ts'
import { postgres } from './support/postgres.ts'

const oracle = await postgres()
after(() => oracle.close())

/** Our code for what PostgreSQL finds while it runs; all else is found before. */
const REASONS: Readonly<Record<string, readonly string[]>> = {
  '23505': ['DUPLICATE_KEY'],
  '23514': ['CHECK_VIOLATED'],
  '23502': ['BAD_VALUE', 'SQL_INVALID'],
  '21000': ['KEY_GIVEN_TWICE', 'ROW_MET_TWICE'],
  '22012': ['DIVISION_BY_ZERO'],
}

const returns = (statement: string): boolean => /\breturning\b|^select\b(?!.*\binto\b)/i.test(statement)

async function check(statement: string, here: Ours): Promise<void> {
  const theirs = await oracle.tell(statement)
  const told = await here.tell(statement)
  if ('refused' in theirs) {
    assert.match(told[0] ?? '', /^refused/, `PostgreSQL refuses it: ${theirs.refused}`)
    const reasons = REASONS[theirs.code]
    if (reasons !== undefined)
      assert.ok(reasons.includes(told[0]?.split(' ')[1] ?? ''), `${theirs.refused}: ${told[0]}`)
    return
  }
  const isTag = /^(INSERT|UPDATE|DELETE|PREPARE)\b/.test(told[0] ?? '')
  if (theirs.rows.length > 0 || (returns(statement) && !isTag))
    assert.deepEqual([...told].sort(), [...theirs.rows].sort())
  else if (!/^(create|truncate|select|prepare|deallocate)/i.test(statement))
    assert.equal(Number(told[0]?.match(/\d+$/)?.[0]), theirs.affected, told.join('\n'))
  else assert.ok(!told[0]?.startsWith('refused'), told.join('\n'))
}

async function checkTables(names: ReadonlySet<string>, here: Ours): Promise<void> {
  for (const name of names) {
    const theirs = await oracle.ask(`TABLE ${name}`)
    const mine = await here.ask(`TABLE ${name}`)
    if ('refused' in theirs) assert.ok('refused' in mine, `there is no ${name}`)
    else assert.deepEqual('refused' in mine ? mine : [...mine.rows].sort(), [...theirs.rows].sort(), name)
  }
}

for (const { name, statements } of corpora(join(import.meta.dirname, 'changes/*.sql'))) {
  describe(name, () => {
    let here: Ours
    before(async () => {
      await oracle.setUp('DROP SCHEMA public CASCADE; CREATE SCHEMA public')
      here = await ours(await millrace({ dir: false }), 'select 1')
    })
    after(() => here.close())
    const names = new Set(statements.flatMap(each => /^create table (\w+)/i.exec(each)?.[1] ?? []))
    for (const each of statements)
      test(each, async () => {
        await check(each, here)
        await checkTables(names, here)
      })
  })
}
