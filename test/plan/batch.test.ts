// What a batch reads and keeps may differ from the plan as written; what it computes does not (test/laws/random-plans.test.ts
// compares the two after every epoch).
import assert from 'node:assert/strict'
import { test } from 'node:test'
import { type Join, type Node, nodesOf, planBatch, staticSources } from '../../src/plan/index.ts'
import { tableOf } from '../../src/table/index.ts'
import { t } from '../../src/types/index.ts'
import { noSession, sourceSpec } from '../table/support.ts'

const Bid = t.row({ auction: t.int(), price: t.int(), at: t.timestamp() })
const Auction = t.row({ id: t.int(), open: t.timestamp(), till: t.timestamp() })
const bidSpec = sourceSpec('bids', Bid, { bounded: true })
const auctionSpec = sourceSpec('auctions', Auction, { bounded: true })
const bids = tableOf<{ auction: number; price: number; at: Date }>(bidSpec, noSession)
const auctions = tableOf<{ id: number; open: Date; till: Date }>(auctionSpec, noSession)
const sizes = new Map([
  [bidSpec, 1000],
  [auctionSpec, 10],
])

const plan = ({ node }: { readonly node: Node }, known = sizes): Node => planBatch([node], known)[0] as Node
const joinOf = (node: Node): Join => nodesOf(node).find(each => each.kind === 'join') as Join
const names = (...nodes: Node[]): string[] =>
  nodesOf(...nodes).flatMap(each => (each.kind === 'source' ? [each.spec.name] : []))

test('the smaller side of an inner join is kept, whichever was written first', () => {
  const joined = auctions.join(bids, {
    on: (a, b) => a.id.eq(b.auction).and(b.at.between(a.open, a.till)),
    select: (a, b) => ({ id: a.id, price: b.price }),
  })
  const made = joinOf(plan(joined))
  assert.deepEqual([names(made.left), names(made.right)], [['bids'], ['auctions']])
  assert.deepEqual(made.columns.map(each => [each.name, (each.expr as { input: number }).input]), [['id', 1], ['price', 0]]) // biome-ignore format: a table
  assert.deepEqual(
    [...staticSources([made], true)].map(each => each.spec),
    [auctionSpec],
  )
  const other = bids.join(auctions, { on: (b, a) => b.auction.eq(a.id) })
  assert.equal(plan(other), other.node)
})

test('a join stays as it was written where sizes are not known, or rows by themselves depend on the side', () => {
  for (const type of ['inner', 'left', 'semi', 'anti'] as const) {
    const table = auctions.join(bids, { type, on: (a, b) => a.id.eq(b.auction) })
    assert.equal(plan(table, type === 'inner' ? new Map() : sizes), table.node, type)
  }
})

test('a side whose rows go again is not one that passes', () => {
  const perAuction = bids.groupBy('auction').agg(g => ({ n: g.count() }))
  const table = auctions.join(perAuction, { on: (a, b) => a.id.eq(b.auction) })
  assert.equal(plan(table, new Map([...sizes, [bidSpec, 1e9]])), table.node)
})

test('a source of both sides is read once for each, and the right one first', () => {
  const most = bids.groupBy('auction').agg(g => ({ most: g.price.max() }))
  const best = bids.join(most, { on: (b, m) => b.auction.eq(m.auction).and(b.price.eq(m.most)), select: b => ({ at: b.at }) }) // biome-ignore format: a line
  const made = plan(best)
  const sources = nodesOf(made).filter(each => each.kind === 'source')
  assert.equal(sources.length, 2)
  assert.deepEqual(
    [...staticSources([made], true)],
    nodesOf(joinOf(made).right).filter(each => each.kind === 'source'),
  )
  assert.equal(plan(best, new Map()), best.node)
})

test('functions of the user run once a row', () => {
  const most = bids
    .filter(b => b.price > 1)
    .groupBy('auction')
    .agg(g => ({ most: g.price.max() }))
  const best = bids.join(most, { on: (b, m) => b.auction.eq(m.auction), select: b => ({ at: b.at }) })
  assert.equal(plan(best), best.node)
})
