// Rankings as users write them, over rows that are there, and over windows of a live source.
import assert from 'node:assert/strict'
import { test } from 'node:test'
import { read, t } from 'millrace'
import { assertTable, testing } from 'millrace/testing'

const rows = [
  { user: 'ann', at: new Date(1000), score: 3 },
  { user: 'ann', at: new Date(2000), score: 5 },
  { user: 'ann', at: new Date(3000), score: 5 },
  { user: 'bob', at: new Date(1500), score: 1 },
]
const scores = read.from(rows, { schema: t.row({ user: t.string(), at: t.timestamp(), score: t.int() }), time: 'at' })

test('topN numbers the first rows of each group', async () => {
  const best = await scores.topN(2, { per: 'user', by: s => [s.score.desc(), s.at] }).collect()
  assert.deepEqual(best.map(each => `${each.user} ${each.at.getTime()} ${each.rank}`).sort(), [
    'ann 2000 1',
    'ann 3000 2',
    'bob 1500 1',
  ])
})

test('ranks tie, and have the name that is wanted', async () => {
  const place = async (rank: 'rank' | 'dense_rank') => {
    const all = await scores.rank({ per: ['user'], by: s => s.score.desc(), rank, as: 'place' }).collect()
    return all
      .filter(each => each.user === 'ann')
      .map(each => each.place)
      .sort()
  }
  assert.deepEqual(await place('rank'), [1, 1, 3])
  assert.deepEqual(await place('dense_rank'), [1, 1, 2])
})

test('firstBy and lastBy keep one row of each key', async () => {
  const first = await scores.firstBy({ by: 'user' }).collect()
  assert.deepEqual(first.map(each => each.at.getTime()).sort(), [1000, 1500])
  const last = await scores.lastBy({ by: s => ({ who: s.user.upper() }) }).collect()
  assert.deepEqual(last.map(each => each.at.getTime()).sort(), [1500, 3000])
  const least = await scores.firstBy({ by: 'user', time: s => s.score }).collect()
  assert.deepEqual(least.map(each => each.score).sort(), [1, 3])
})

test('what does not fit is refused with the fix', () => {
  assert.throws(() => scores.topN(0, { by: s => s.score }), /topN.*not a number of rows/s)
  assert.throws(() => scores.topN(1, {} as never), /in which order/)
  assert.throws(() => scores.topN(1, { by: s => s.score, rank: 'best' as never }), /row_number/)
  assert.throws(() => scores.topN(1, { by: s => s.score, per: 'usr' as never }), /usr/)
  assert.throws(() => scores.topN(1, { by: s => s.score, as: 'user' }), /user/)
  assert.throws(() => scores.lastBy({} as never), /for what/)
  assert.throws(() => scores.select(s => ({ user: s.user })).lastBy({ by: 'user' }), /no event time/)
  assert.throws(() => scores.topN(1, { by: s => s.score }).final(), /FINAL_WITHOUT_WINDOW|window/)
})

test('the state of a ranking is told', () => {
  const explain = scores.topN(2, { per: 'user', by: s => s.score }).explain()
  assert.match(explain, /row_number up to 2 per user by score/)
})

test('the first rows of each window, once it is over', async () => {
  const Score = t.row({ user: t.string(), at: t.timestamp(), score: t.int() })
  const live = read.memory(Score, { time: 'at' }).table
  const best = live.window({ tumbling: '1 minute' }).topN(1, { per: ['window'], by: s => s.score.desc(), as: 'place' })
  await using run = await testing(best.final())
  run.push([
    { user: 'ann', at: '2026-01-01T12:00:05Z', score: 3 },
    { user: 'bob', at: '2026-01-01T12:00:06Z', score: 4 },
  ])
  await run.epoch()
  assertTable(run, '| user | score |')
  run.push([{ user: 'cid', at: '2026-01-01T12:01:00Z', score: 1 }])
  await run.epoch()
  assertTable(run, '| user | score | place |\n| bob | 4 | 1 |')
  run.push([
    { user: 'dan', at: '2026-01-01T12:00:59Z', score: 9 },
    { user: 'eve', at: '2026-01-01T12:02:00Z', score: 2 },
  ])
  await run.epoch()
  assertTable(run, '| user | score | place |\n| bob | 4 | 1 |\n| cid | 1 | 1 |')
})

test('nothing goes by sessions before rows are grouped', async () => {
  const Visit = t.row({ user: t.string(), at: t.timestamp(), page: t.string() })
  const visits = read.from(
    [0, 5, 60].map(minute => ({ user: 'ann', at: new Date(minute * 60_000), page: `p${minute}` })),
    { schema: Visit, time: 'at' },
  )
  const sessions = visits.window({ session: '10 minutes' })
  const refused = (make: () => unknown, verb: string): void =>
    void assert.throws(make, (error: { code: string; message: string }) => {
      assert.equal(error.code, 'SESSION_NOT_MERGED')
      return error.message.startsWith(`SESSION_NOT_MERGED: ${verb}:`) && /groupBy/.test(error.message)
    })
  refused(() => sessions.topN(1, { per: ['user', 'window'], by: v => v.at }), 'topN')
  refused(() => sessions.where(v => v.page.ne('')).lastBy({ by: 'window' }), 'lastBy')
  refused(() => sessions.over({ per: 'window', by: v => v.at }, w => ({ n: w.rowNumber() })), 'over')
  refused(() => sessions.distinct(), 'distinct')
  refused(() => sessions.dedup({ by: ['user', 'window'] }), 'dedup')
  refused(
    () => sessions.join(sessions, { on: (a, b) => a.window.eq(b.window), select: a => ({ user: a.user }) }),
    'join',
  )
  // A ranking that does not go by them, and one of the sessions themselves.
  assert.equal(await sessions.topN(2, { per: 'user', by: v => v.at }).count(), 2)
  const long = sessions.groupBy('user').agg(g => ({ pages: g.count() }))
  const [first] = await long.topN(1, { per: 'user', by: s => s.pages.desc() }).collect()
  assert.equal(first?.pages, 2)
})
