// The three streams of NEXMark as typed tables over their files.
import { read, t } from 'millrace'

const PERSON = t.row({
  id: t.int(),
  name: t.string(),
  emailAddress: t.string(),
  creditCard: t.string(),
  city: t.string(),
  state: t.string(),
  dateTime: t.timestamp(),
  extra: t.string(),
})

const AUCTION = t.row({
  id: t.int(),
  itemName: t.string(),
  description: t.string(),
  initialBid: t.int(),
  reserve: t.int(),
  dateTime: t.timestamp(),
  expires: t.timestamp(),
  seller: t.int(),
  category: t.int(),
  extra: t.string(),
})

/** The rows of bids. */
export const BID = t.row({
  auction: t.int(),
  bidder: t.int(),
  price: t.int(),
  channel: t.string(),
  url: t.string(),
  dateTime: t.timestamp(),
  extra: t.string(),
})

/** @param until whether they end with what there is */
export function tables(personFile: string, auctionFile: string, bidFile: string, until: 'now' | 'forever' = 'now') {
  const time = { time: 'dateTime', lateBy: '4 seconds', until } as const
  return {
    person: read.json(personFile, { schema: PERSON, ...time }),
    auction: read.json(auctionFile, { schema: AUCTION, ...time }),
    bid: read.json(bidFile, { schema: BID, ...time }),
  }
}

/** The bounded side of q13. */
export const SIDE_ROWS = 10_000
export const side = () =>
  read.from(
    Array.from({ length: SIDE_ROWS }, (_, key) => ({ key, value: `value ${key}` })),
    { schema: t.row({ key: t.int(), value: t.string() }) },
  )
