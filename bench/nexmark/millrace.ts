// The contestant: NEXMark's queries by the typed table API, one thread, file to result. The result is kept as Arrow
// columns, as DuckDB keeps a table; text for the digest is made after the clock has stopped.
import { and, type Table } from 'millrace'
import { toArrow } from 'millrace/arrow'
import { report } from '../support/measure.ts'
import { tables } from './tables.ts'
import { textOf } from './text.ts'

const [name, personFile, auctionFile, bidFile] = process.argv.slice(2) as [string, string, string, string]

const { person: persons, auction: auctions, bid: bids } = tables(personFile, auctionFile, bidFile)

const ten = { tumbling: '10 seconds' } as const

/** Bids with their auction, while it was open. */
const openBids = auctions.join(bids, {
  on: (a, b) => and(a.id.eq(b.auction), b.dateTime.between(a.dateTime, a.expires)),
  select: (a, b) => ({ id: a.id, category: a.category, price: b.price, at: b.dateTime }),
})

type Queried = Parameters<typeof toArrow>[0] & Pick<Table<{ id: number }, 'append'>, 'schema'>

const queries: Record<string, () => unknown> = {
  q3: () =>
    auctions
      .where(a => a.category.eq(10))
      .join(
        persons.where(p => p.state.in(['OR', 'ID', 'CA'])),
        {
          on: (a, p) => a.seller.eq(p.id),
          select: (a, p) => ({ name: p.name, city: p.city, state: p.state, id: a.id }),
        },
      ),
  q4: () =>
    openBids
      .groupBy('id', 'category')
      .agg(g => ({ final: g.price.max() }))
      .groupBy('category')
      .agg(g => ({ final: g.final.avg() }))
      .select(r => ({ category: r.category, final: r.final.round().cast('int') })),
  q7: () =>
    bids.window(ten).join(
      bids.window(ten).agg(g => ({ most: g.price.max() })),
      {
        on: (b, m) => and(b.price.eq(m.most), b.window.eq(m.window)),
        select: b => ({ auction: b.auction, price: b.price, bidder: b.bidder, dateTime: b.dateTime, extra: b.extra }),
      },
    ),
  q8: () =>
    persons
      .window(ten)
      .select(p => ({ id: p.id, name: p.name, window: p.window }))
      .join(
        auctions
          .window(ten)
          .select(a => ({ seller: a.seller, window: a.window }))
          .distinct(),
        {
          on: (p, a) => and(p.id.eq(a.seller), p.window.eq(a.window)),
          select: p => ({ id: p.id, name: p.name, at: p.window.start }),
        },
      ),
  q9: () =>
    openBids
      .topN(1, { per: 'id', by: b => [b.price.desc(), b.at] })
      .select(b => ({ id: b.id, category: b.category, price: b.price, at: b.at })),
  q11: () =>
    bids
      .window({ session: '10 seconds' })
      .groupBy('bidder')
      .agg(g => ({ n: g.count() }))
      .select(r => ({ bidder: r.bidder, n: r.n, first: r.window.start, last: r.window.end })),
  q18: () =>
    bids.topN(1, { per: ['bidder', 'auction'], by: b => [b.dateTime.desc(), b.price.desc(), b.extra] }).drop('rank'),
  q19: () => bids.topN(10, { per: 'auction', by: b => [b.price.desc(), b.dateTime, b.extra] }),
  q20: () =>
    bids.join(
      auctions.where(a => a.category.eq(10)),
      {
        on: (b, a) => b.auction.eq(a.id),
        select: (b, a) => ({
          auction: b.auction,
          bidder: b.bidder,
          price: b.price,
          channel: b.channel,
          url: b.url,
          dateTime: b.dateTime,
          extra: b.extra,
          itemName: a.itemName,
          description: a.description,
          initialBid: a.initialBid,
          reserve: a.reserve,
          opened: a.dateTime,
          expires: a.expires,
          seller: a.seller,
          category: a.category,
          more: a.extra,
        }),
      },
    ),
}

const started = performance.now()
const table = (queries[name] as () => unknown)() as Queried
const result = await toArrow(table)
const seconds = (performance.now() - started) / 1000
report(seconds, () => {
  const columns = table.schema.fields.map(({ name: column, type }) => {
    const values = result.getChild(column)
    return (row: number) => textOf(values.at(row), type)
  })
  return Array.from({ length: result.numRows }, (_, row) => columns.map(of => of(row)).join('|'))
})
