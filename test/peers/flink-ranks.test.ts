// Window functions and rankings answer as Flink's suites say: OverAggregateITCase, RankITCase. A watermark W of Flink is ours a
// millisecond later (flink-windows.test.ts).
import assert from 'node:assert/strict'
import { test } from 'node:test'
import { type EventRow, ev, outcome, stream } from './support.ts'

const v = (key: string, at: number, value: number): EventRow => ev(key, at, value)

test('OverAggregate: testRowTimeBoundedPartitionedRangeOver', async () => {
  const input = stream()
  const out = input
    .over({ per: 'k', by: r => r.at, range: { preceding: '1 second' } }, w => ({ n: w.v.count(), sum: w.v.sum() }))
    .final()
    .select(r => ({ k: r.k, v: r.v, n: r.n, sum: r.sum }))
  const H = (at: number, value: number) => v('H', at, value)
  const W = (at: number, value: number) => v('W', at, value)
  const steps = [
    { rows: [H(1.5, 1), H(1.6, 1), H(1, 1), H(2, 2)], to: 1.001 },
    { rows: [H(2, 2), H(2, 2), H(3, 3)], to: 2.001 },
    { rows: [H(4, 4)], to: 3.001 },
    { rows: [H(5, 5)], to: 5.001 },
    { rows: [H(6, 6), H(6.5, 6)], to: 7.001 },
    { rows: [H(9, 6), H(9.5, 6), H(9, 6)], to: 9.999 },
    { rows: [W(10, 7), W(11, 7), W(11, 7)], to: 12.001 },
    { rows: [W(14, 7)], to: 14.001 },
    { rows: [W(15, 8)], to: 17.001 },
    { rows: [W(20, 20)], to: 19.001 },
  ]
  // Their first rows carry each its time as `a`: 1 for 1000 to 1600.
  const expected = [
    ...[
      'H 1 1 1',
      'H 1 2 2',
      'H 1 3 3',
      'H 2 6 9',
      'H 2 6 9',
      'H 2 6 9',
      'H 3 4 9',
      'H 4 2 7',
      'H 5 2 9',
      'H 6 2 11',
      'H 6 2 12',
    ],
    ...['H 6 2 12', 'H 6 2 12', 'H 6 3 18', 'W 7 1 7', 'W 7 3 21', 'W 7 3 21', 'W 7 1 7', 'W 8 2 15', 'W 20 1 20'],
  ]
  assert.deepEqual(await outcome(out, { rows: input }, steps), expected.sort())
})

test('OverAggregate: lag by one, by two, and over rows that came out of order', async () => {
  const input = stream()
  const out = input
    .over({ per: 'k', by: r => r.at }, w => ({ one: w.v.lag(), two: w.v.lag(2) }))
    .final()
    .select(r => ({ v: r.v, one: r.one, two: r.two }))
  const rows = [v('1', 1, 1), v('1', 5, 2), v('1', 2, 3), v('1', 3, 4)]
  const steps = [
    { rows, to: 20.001 },
    { rows: [v('1', 21, 6), v('1', 22, 7)], to: 30.001 },
  ]
  assert.deepEqual(await outcome(out, { rows: input }, steps), ['1 - -', '2 4 3', '3 1 -', '4 3 1', '6 2 4', '7 6 2'])
})

test('OverAggregate: lead, which Flink has not over streams', async () => {
  const input = stream()
  const out = input
    .over({ per: 'k', by: r => r.at }, w => ({ next: w.v.lead() }))
    .final()
    .select(r => ({ v: r.v, next: r.next }))
  const steps = [
    { rows: [v('1', 1, 1), v('1', 3, 5)], to: 20 },
    { rows: [v('1', 21, 6), v('1', 22, 7)], to: 30 },
  ]
  assert.deepEqual(await outcome(out, { rows: input }, steps), ['1 5', '5 6', '6 7', '7 -'])
})

/** tupleData5: a from 1 to 5, each as often as it says; c counts from 0. */
const tuples = [1, 2, 2, 3, 3, 3, 4, 4, 4, 4, 5, 5, 5, 5, 5].map((a, c) => v(`${a}`, c, c))
test('OverAggregate: rows between 4 preceding and the row, per key and over all', async () => {
  const input = stream()
  const per = input
    .over({ per: 'k', by: r => r.at, rows: { preceding: 4 } }, w => ({ sum: w.v.sum(), min: w.v.min() }))
    .final()
  const columns = per.select(r => ({ k: r.k, sum: r.sum, min: r.min }))
  const expected = [
    ...['1 0 0', '2 1 1', '2 3 1', '3 3 3', '3 7 3', '3 12 3', '4 6 6', '4 13 6', '4 21 6', '4 30 6'],
    ...['5 10 10', '5 21 10', '5 33 10', '5 46 10', '5 60 10'],
  ]
  assert.deepEqual(await outcome(columns, { rows: input }, [{ rows: tuples }]), expected.sort())
  const over = input
    .over({ by: r => r.at, rows: { preceding: 10 } }, w => ({
      sum: w.v.sum(),
      min: w.v.min(),
      first: w.v.firstValue(),
    }))
    .final()
  const last = over.select(r => ({ sum: r.sum, min: r.min, first: r.first, v: r.v })).where(r => r.v.gte(9))
  const sums = ['45 0 0 9', '55 0 0 10', '66 1 1 11', '77 2 2 12', '88 3 3 13', '99 4 4 14']
  assert.deepEqual(await outcome(last, { rows: input }, [{ rows: tuples }]), sums.sort())
})

test('OverAggregate: ROW_NUMBER, RANK and DENSE_RANK by arrival', async () => {
  const input = stream()
  const out = input
    .over({ per: 'k', by: r => r.at }, w => ({ a: w.rowNumber(), b: w.rank(), c: w.denseRank() }))
    .final()
  const columns = out.select(r => ({ k: r.k, a: r.a, b: r.b, c: r.c }))
  const expected = [1, 2, 3, 4, 5].flatMap(k => Array.from({ length: k }, (_, i) => `${k} ${i + 1} ${i + 1} ${i + 1}`))
  assert.deepEqual(await outcome(columns, { rows: input }, [{ rows: tuples }]), expected.sort())
})

// Rankings that are kept up to date. `k` is the category, `at` the shop, `v` the number.
const sold = (...texts: readonly string[]): EventRow[] =>
  texts.map(text => {
    const [k, shop, num] = text.split(' ') as [string, string, string]
    return ev(k, Number(shop), Number(num))
  })
const shops = sold('book 1 12', 'book 2 19', 'book 4 11', 'fruit 4 33', 'fruit 3 44', 'fruit 5 22')
const grouped = sold(
  'book 1 11',
  'book 2 19',
  'book 4 13',
  'book 1 11',
  'fruit 4 33',
  'fruit 5 12',
  'fruit 3 44',
  'fruit 5 22',
)
const singly = (rows: readonly EventRow[]) => rows.map(row => ({ rows: [row] }))
const later = () => stream({ lateBy: '1 day' })

test('Rank: testTopN, testTop1, testTop2, ascending', async () => {
  const input = later()
  const top = (n: number, ascending = false) =>
    input
      .topN(n, { per: 'k', by: r => (ascending ? r.v : r.v.desc()) })
      .select(r => ({ k: r.k, at: r.at, v: r.v, rank: r.rank }))
  const told = (table: object) => outcome(table, { rows: input }, singly(shops), { unbounded: true })
  const two = ['book 2 19 1', 'book 1 12 2', 'fruit 3 44 1', 'fruit 4 33 2']
  assert.deepEqual(await told(top(2)), two.sort())
  assert.deepEqual(await told(top(1)), ['book 2 19 1', 'fruit 3 44 1'])
  assert.deepEqual(await told(top(2).where(r => r.rank.eq(2))), ['book 1 12 2', 'fruit 4 33 2'])
  assert.deepEqual(await told(top(2, true)), ['book 4 11 1', 'book 1 12 2', 'fruit 5 22 1', 'fruit 4 33 2'].sort())
})

test('Rank: over sums that change, which come nearer to the top or leave it', async () => {
  const input = later()
  const sums = input.groupBy('k', 'at').agg(g => ({ sum: g.v.sum(), n: g.count() }))
  const top = (n: number) => sums.topN(n, { per: 'k', by: r => [r.sum.desc(), r.n] })
  const told = (table: object, rows: readonly EventRow[]) =>
    outcome(table, { rows: input }, singly(rows), { unbounded: true })
  const two = ['book 1 22 2 1', 'book 2 19 1 2', 'fruit 3 44 1 1', 'fruit 5 34 2 2']
  assert.deepEqual(await told(top(2), grouped), two)
  assert.deepEqual(
    await told(
      top(2).where(r => r.rank.eq(2)),
      grouped,
    ),
    ['book 2 19 1 2', 'fruit 5 34 2 2'],
  )
})

test('Rank: testTopNWithUnary: least sums, while sums only grow', async () => {
  const input = later()
  const texts = [
    ...[
      '11 100',
      '11 200',
      '12 400',
      '12 500',
      '10 600',
      '10 700',
      '9 800',
      '9 900',
      '10 500',
      '8 110',
      '8 120',
      '7 1800',
    ],
    ...[
      '9 300',
      '6 1900',
      '7 50',
      '11 1800',
      '7 50',
      '8 2000',
      '6 700',
      '5 800',
      '4 910',
      '3 1000',
      '2 1100',
      '1 1200',
    ],
  ]
  const top = input
    .groupBy('k', 'at')
    .agg(g => ({ sum: g.v.sum() }))
    .topN(3, { per: 'k', by: r => r.sum })
  const rows = sold(...texts.map(each => `book ${each}`))
  const told = await outcome(top, { rows: input }, singly(rows), { unbounded: true })
  assert.deepEqual(told, ['book 12 900 2', 'book 4 910 3', 'book 5 800 1'])
})

test('Rank: testTopNWithGroupByCount: four of each', async () => {
  const input = later()
  const counts = input.groupBy('k', 'at').agg(g => ({ n: g.count() }))
  const top = counts
    .topN(4, { per: 'k', by: r => r.n.desc() })
    .select(r => ({ k: r.k, rank: r.rank, n: r.n, at: r.at }))
  const book = [1, 2, 4, 1, 1, 3, 2, 4, 1, 4, 4, 4].map(shop => ev('book', shop, 0))
  const told = await outcome(top, { rows: input }, singly(book), { unbounded: true })
  assert.deepEqual(told, ['book 1 5 4', 'book 2 4 1', 'book 3 2 2', 'book 4 1 3'])
})
