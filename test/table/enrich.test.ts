// enrich through the whole engine: answers in the epoch they belong to, back-pressure, crashes, errors, explain.
import assert from 'node:assert/strict'
import { test } from 'node:test'
import { read, t } from '../../src/index.ts'
import { checkEverywhere, testing } from '../../src/testing/index.ts'

const Click = t.row({ user: t.int(), at: t.timestamp() })
const Name = t.row({ name: t.string().nullable() })
const click = (user: number, minute = 0) => ({ user, at: new Date(minute * 60_000) })
const clicks = () => read.memory(Click, { time: 'at', lateBy: '1 hour' }).table
const nameOf = (user: number) => (user === 0 ? null : { name: `n${user}` })

test('many rows are asked for at once, and keep their order', async () => {
  const asked: number[] = []
  const named = read
    .from(
      Array.from({ length: 10 }, (_, i) => click(i)),
      { schema: Click },
    )
    .enrich(
      async rows => {
        asked.push(rows.length)
        await new Promise(resolve => setTimeout(resolve, rows[0]?.user === 0 ? 20 : 1))
        return rows.map(row => nameOf(row.user))
      },
      { columns: Name, batch: 4, concurrency: 3 },
    )
  const rows = await named.collect()
  assert.deepEqual(
    rows.map(row => row.name),
    [null, 'n1', 'n2', 'n3', 'n4', 'n5', 'n6', 'n7', 'n8', 'n9'],
  )
  assert.deepEqual(asked, [4, 4, 2])
})

test('an epoch ends when all its answers are there, a crash asks again; windows above lose nothing', async () => {
  const named = clicks().enrich(async rows => rows.map(row => nameOf(row.user)), { columns: Name, batch: 2 })
  await using run = await testing(named)
  run.push([click(1), click(2), click(3)])
  await run.epoch()
  assert.equal(run.changes().length, 3)
  await run.crash({ step: 2 })
  await run.restore()
  run.push([click(4)])
  await run.epoch()
  assert.deepEqual(
    run.rows().map(row => row.name),
    ['n1', 'n2', 'n3', 'n4'],
  )
  const counted = named
    .window({ tumbling: '10 minutes' })
    .groupBy('name')
    .agg(g => ({ n: g.count() }))
  const rows = Array.from({ length: 12 }, (_, i) => click(i % 3, i * 4))
  await checkEverywhere(counted, rows, { runs: 4 })
})

test('rows without an answer stop the run, or go to .errors', async () => {
  const rows = read.from([click(1), click(2)], { schema: Click })
  const ask = async (asked: readonly { user: number }[]) =>
    asked.map(row => (row.user === 2 ? new Error('no such user') : nameOf(row.user)))
  const strict = rows.enrich(ask, { columns: Name, retries: 0 })
  await assert.rejects(strict.collect(), /FUNCTION_FAILED.*enrich.*no such user.*operator enrich-1.*row 2/s)
  const lenient = rows.enrich(ask, { columns: Name, onError: 'skip' })
  assert.equal((await lenient.collect()).length, 1)
  const [error] = await lenient.errors.collect()
  assert.match(error?.reason ?? '', /no such user/)
  const other = rows.enrich(ask, { columns: Name, onError: () => ({ name: '?' }) })
  assert.deepEqual(
    (await other.collect()).map(row => row.name),
    ['n1', '?'],
  )
})

test('the schema, what explain says, and what is refused', async () => {
  const named = clicks().enrich(() => [], { columns: Name, cache: { by: 'user', ttl: '1 minute' } })
  assert.deepEqual(
    named.schema.fields.map(each => each.name),
    ['user', 'at', 'name'],
  )
  assert.match(
    named.explain(),
    /enrich with name, 100 rows at once, cached by user +append +- +at .*asked again after a crash/,
  )
  const counted = clicks()
    .groupBy('user')
    .agg(g => ({ n: g.count() }))
  const refused = counted.enrich(() => [], { columns: Name })
  await assert.rejects(refused.collect(), /PROCESS_ON_UPDATES.*enrich/)
  const wrong = (options: object, fn: unknown = () => []) =>
    clicks().enrich(fn as never, { columns: Name, ...options } as never)
  assert.throws(() => wrong({}, 5), /BAD_ARGUMENT.*function/)
  assert.throws(() => wrong({ columns: undefined }), /BAD_ARGUMENT.*columns/)
  assert.throws(() => wrong({ batch: 0 }), /BAD_ARGUMENT.*batch/)
  assert.throws(() => wrong({ concurrency: 1.5 }), /BAD_ARGUMENT.*concurrency/)
  assert.throws(() => wrong({ retries: -1 }), /BAD_ARGUMENT.*retries/)
  assert.throws(() => wrong({ timeout: 'soon' }), /BAD_DURATION/)
  assert.throws(() => wrong({ onError: 'ignore' }), /BAD_ARGUMENT.*onError/)
  assert.throws(() => wrong({ cache: { by: 'usr', ttl: '1 minute' } }), /UNKNOWN_COLUMN/)
  assert.throws(() => wrong({ cache: { by: 5, ttl: '1 minute' } }), /BAD_ARGUMENT.*cache/)
})

test('a run that is stopped does not wait for answers', async () => {
  const stop = new AbortController()
  const hanging = read
    .from([click(1)], { schema: Click })
    .enrich(() => new Promise<never>(() => setTimeout(() => stop.abort(), 10)), { columns: Name, timeout: '1 hour' })
  await assert.rejects(hanging.collect({ signal: stop.signal }), /CANCELLED/)
})
