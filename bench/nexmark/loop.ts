// What a TypeScript team writes by hand today: read the lines, JSON.parse, Maps. Everything fits in memory and nothing
// is late, or these would be wrong.
import { createReadStream } from 'node:fs'
import { createInterface } from 'node:readline'
import { report } from '../support/measure.ts'

const [name, personFile, auctionFile, bidFile] = process.argv.slice(2) as [string, string, string, string]

interface Person {
  readonly id: number
  readonly name: string
  readonly city: string
  readonly state: string
  readonly dateTime: string
}
interface Auction {
  readonly id: number
  readonly itemName: string
  readonly description: string
  readonly initialBid: number
  readonly reserve: number
  readonly dateTime: string
  readonly expires: string
  readonly seller: number
  readonly category: number
  readonly extra: string
}
interface Bid {
  readonly auction: number
  readonly bidder: number
  readonly price: number
  readonly channel: string
  readonly url: string
  readonly dateTime: string
  readonly extra: string
}

async function* rowsOf<Row>(file: string): AsyncGenerator<Row> {
  for await (const line of createInterface({ input: createReadStream(file) })) yield JSON.parse(line) as Row
}
const ms = (text: string): number => Date.parse(text)
const windowOf = (text: string): number => ms(text) - (ms(text) % 10_000)

type Lines = () => readonly string[]

async function auctionsById(keep: (auction: Auction) => boolean = () => true): Promise<Map<number, Auction>> {
  const byId = new Map<number, Auction>()
  for await (const auction of rowsOf<Auction>(auctionFile)) if (keep(auction)) byId.set(auction.id, auction)
  return byId
}

/** The best bid of each auction while it was open. */
async function winners(better: (a: Bid, b: Bid) => boolean): Promise<readonly { auction: Auction; bid: Bid }[]> {
  const auctions = await auctionsById()
  const best = new Map<number, { auction: Auction; bid: Bid }>()
  for await (const bid of rowsOf<Bid>(bidFile)) {
    const auction = auctions.get(bid.auction)
    if (auction === undefined || bid.dateTime < auction.dateTime || bid.dateTime > auction.expires) continue
    const known = best.get(auction.id)
    if (known === undefined || better(bid, known.bid)) best.set(auction.id, { auction, bid })
  }
  return [...best.values()]
}

const bidLine = (b: Bid): string => [b.auction, b.bidder, b.price, b.channel, b.url, ms(b.dateTime), b.extra].join('|')
const dearer = (a: Bid, b: Bid): number =>
  b.price - a.price || (a.dateTime < b.dateTime ? -1 : a.dateTime > b.dateTime ? 1 : a.extra < b.extra ? -1 : 1)
const newer = (a: Bid, b: Bid): boolean =>
  a.dateTime > b.dateTime ||
  (a.dateTime === b.dateTime && (a.price > b.price || (a.price === b.price && a.extra < b.extra)))

const jobs: Record<string, () => Promise<Lines>> = {
  async q3() {
    const persons = new Map<number, Person>()
    for await (const person of rowsOf<Person>(personFile))
      if (['OR', 'ID', 'CA'].includes(person.state)) persons.set(person.id, person)
    const found: string[] = []
    for await (const auction of rowsOf<Auction>(auctionFile)) {
      const person = auction.category === 10 ? persons.get(auction.seller) : undefined
      if (person !== undefined) found.push([person.name, person.city, person.state, auction.id].join('|'))
    }
    return () => found
  },
  async q4() {
    const byCategory = new Map<number, { sum: number; n: number }>()
    for (const { auction, bid } of await winners((a, b) => a.price > b.price)) {
      const known = byCategory.get(auction.category) ?? { sum: 0, n: 0 }
      byCategory.set(auction.category, { sum: known.sum + bid.price, n: known.n + 1 })
    }
    return () => [...byCategory].map(([category, { sum, n }]) => `${category}|${Math.round(sum / n)}`)
  },
  async q7() {
    const best = new Map<number, Bid[]>()
    for await (const bid of rowsOf<Bid>(bidFile)) {
      const window = windowOf(bid.dateTime)
      const known = best.get(window)
      if (known === undefined || bid.price > (known[0] as Bid).price) best.set(window, [bid])
      else if (bid.price === (known[0] as Bid).price) known.push(bid)
    }
    return () => [...best.values()].flat().map(b => [b.auction, b.price, b.bidder, ms(b.dateTime), b.extra].join('|'))
  },
  async q8() {
    const sellers = new Set<string>()
    for await (const auction of rowsOf<Auction>(auctionFile))
      sellers.add(`${auction.seller}|${windowOf(auction.dateTime)}`)
    const found = new Set<string>()
    for await (const { id, name, dateTime } of rowsOf<Person>(personFile))
      if (sellers.has(`${id}|${windowOf(dateTime)}`)) found.add([id, name, windowOf(dateTime)].join('|'))
    return () => [...found]
  },
  async q9() {
    const best = await winners((a, b) => a.price > b.price || (a.price === b.price && a.dateTime < b.dateTime))
    return () => best.map(({ auction, bid }) => [auction.id, auction.category, bid.price, ms(bid.dateTime)].join('|'))
  },
  async q11() {
    const open = new Map<number, { first: number; last: number; n: number }>()
    const found: string[] = []
    const close = (bidder: number, { first, last, n }: { first: number; last: number; n: number }): void =>
      void found.push([bidder, n, first, last + 10_000].join('|'))
    for await (const bid of rowsOf<Bid>(bidFile)) {
      const at = ms(bid.dateTime)
      const known = open.get(bid.bidder)
      if (known !== undefined && at - known.last <= 10_000) {
        known.last = at
        known.n++
        continue
      }
      if (known !== undefined) close(bid.bidder, known)
      open.set(bid.bidder, { first: at, last: at, n: 1 })
    }
    for (const [bidder, session] of open) close(bidder, session)
    return () => found
  },
  async q18() {
    const last = new Map<string, Bid>()
    for await (const bid of rowsOf<Bid>(bidFile)) {
      const key = `${bid.bidder}|${bid.auction}`
      const known = last.get(key)
      if (known === undefined || newer(bid, known)) last.set(key, bid)
    }
    return () => [...last.values()].map(bidLine)
  },
  async q19() {
    const top = new Map<number, Bid[]>()
    for await (const bid of rowsOf<Bid>(bidFile)) {
      const known = top.get(bid.auction)
      if (known === undefined) {
        top.set(bid.auction, [bid])
        continue
      }
      if (known.length === 10 && dearer(known[9] as Bid, bid) < 0) continue
      known.push(bid)
      known.sort(dearer)
      if (known.length > 10) known.pop()
    }
    return () => [...top.values()].flatMap(bids => bids.map((bid, i) => `${bidLine(bid)}|${i + 1}`))
  },
  async q20() {
    const auctions = await auctionsById(each => each.category === 10)
    const found: string[] = []
    for await (const bid of rowsOf<Bid>(bidFile)) {
      const a = auctions.get(bid.auction)
      if (a === undefined) continue
      const right = [a.itemName, a.description, a.initialBid, a.reserve, ms(a.dateTime), ms(a.expires), a.seller]
      found.push([bidLine(bid), ...right, a.category, a.extra].join('|'))
    }
    return () => found
  },
}

const started = performance.now()
const answer = await (jobs[name] as () => Promise<Lines>)()
report((performance.now() - started) / 1000, answer)
