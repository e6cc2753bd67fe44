// NEXMark persons, auctions and bids as JSON lines (Tucker et al., NEXMark: a benchmark for queries over data streams, 2008; sizes and hot
// keys as in the Apache Beam and Flink suites). Seeded: the same count gives the same bytes. Cached under .bench/.
import { closeSync, openSync, writeSync } from 'node:fs'
import { join } from 'node:path'
import { whole } from './whole-file.ts'

const FOLDER = join(import.meta.dirname, '../../.bench')
const CHANNELS = ['Google', 'Facebook', 'Baidu', 'Apple']
const FIRST = 'Peter,Paul,Luke,John,Saul,Vicky,Kate,Julie,Sarah,Deiter,Walter'.split(',')
const LAST = 'Shultz,Abrams,Spencer,White,Bartels,Walton,Smith,Jones,Noris'.split(',')
const CITIES = 'Phoenix,Los Angeles,San Francisco,Boise,Portland,Bend,Redmond,Seattle,Kent,Cheyenne'.split(',')
const STATES = 'AZ,CA,ID,OR,WA,WY'.split(',')
const FIRST_ID = 1000
const SEEDS = { bid: 0x9e3779b9, auction: 0x85ebca6b, person: 0xc2b2ae35 }
const BASE = Date.UTC(2026, 0, 1)
const BLOCK = 1 << 20

/** Marsaglia's xorshift32: numbers in [0, 1). */
function randomOf(seed: number): () => number {
  let state = seed | 0
  return () => {
    state ^= state << 13
    state ^= state >>> 17
    state ^= state << 5
    return (state >>> 0) / 4294967296
  }
}

type Random = () => number

interface Words {
  int(below: number): number
  word(length: number): string
}

function wordsOf(random: Random): Words {
  const int = (below: number): number => Math.floor(random() * below)
  const word = (length: number): string => {
    let text = ''
    for (let i = 0; i < length; i++) text += String.fromCharCode(97 + int(26))
    return text
  }
  return { int, word }
}

const price = (random: Random): number => Math.round(10 ** (random() * 6) * 100)

/** 50 events: a person, three auctions, 46 bids; 10,000 events a second of event time. */
const timeOf = (event: number): number => BASE + Math.floor(event / 10)
const iso = (ms: number): string => new Date(ms).toISOString()

function bidOf(epoch: number, event: number, random: Random): object {
  const { int, word } = wordsOf(random)
  const lastAuction = epoch * 3 + 2
  const auction = int(2) > 0 ? Math.floor(lastAuction / 100) * 100 : lastAuction - int(Math.min(lastAuction + 1, 100))
  const bidder = int(4) > 0 ? Math.floor(epoch / 100) * 100 + 1 : epoch - int(Math.min(epoch + 1, 1000))
  const hot = int(2) > 0
  const rest = hot ? '' : `&channel_id=${int(1 << 30)}`
  return {
    auction: FIRST_ID + auction,
    bidder: FIRST_ID + bidder,
    price: price(random),
    channel: hot ? CHANNELS[int(4)] : `channel-${int(10000)}`,
    url: `https://www.nexmark.com/${word(5)}/${word(4)}/${word(5)}/item.htm?query=1${rest}`,
    dateTime: iso(timeOf(event)),
    extra: word(30),
  }
}

function auctionOf(epoch: number, event: number, random: Random): object {
  const { int, word } = wordsOf(random)
  const seller = int(4) > 0 ? Math.floor(epoch / 100) * 100 : epoch - int(Math.min(epoch + 1, 1000))
  const initialBid = price(random)
  return {
    id: FIRST_ID + epoch * 3 + (event % 50) - 1,
    itemName: word(12),
    description: word(40),
    initialBid,
    reserve: initialBid + price(random),
    dateTime: iso(timeOf(event)),
    expires: iso(timeOf(event) + 1 + int(20_000)),
    seller: FIRST_ID + seller,
    category: 10 + int(5),
    extra: word(40),
  }
}

function personOf(epoch: number, event: number, random: Random): object {
  const { int, word } = wordsOf(random)
  const digits = (): number => 1000 + int(9000)
  return {
    id: FIRST_ID + epoch,
    name: `${FIRST[int(FIRST.length)]} ${LAST[int(LAST.length)]}`,
    emailAddress: `${word(7)}@${word(5)}.com`,
    creditCard: `${digits()} ${digits()} ${digits()} ${digits()}`,
    city: CITIES[int(CITIES.length)],
    state: STATES[int(STATES.length)],
    dateTime: iso(timeOf(event)),
    extra: word(40),
  }
}

export type Stream = 'person' | 'auction' | 'bid'

/** Which stream the event is of. */
function streamOf(event: number): Stream {
  const place = event % 50
  return place === 0 ? 'person' : place < 4 ? 'auction' : 'bid'
}

const made: Record<Stream, (epoch: number, event: number, random: Random) => object> = {
  person: personOf,
  auction: auctionOf,
  bid: bidOf,
}

/** The paths of the three streams of the first `events` events; made when they are missing. */
export function nexmark(events: number): Record<Stream, string> {
  const paths = {
    person: join(FOLDER, `nexmark-${events}-person.jsonl`),
    auction: join(FOLDER, `nexmark-${events}-auction.jsonl`),
    bid: join(FOLDER, `nexmark-${events}-bid.jsonl`),
  }
  for (const [stream, path] of Object.entries(paths) as [Stream, string][]) {
    const random = randomOf(SEEDS[stream])
    writeLines(path, function* () {
      for (let event = 0; event < events; event++) {
        if (streamOf(event) === stream) yield made[stream](Math.floor(event / 50), event, random)
      }
    })
  }
  return paths
}

/** The path of a file of `rows` bids; made when it is missing. */
export function nexmarkBids(rows: number): string {
  const path = join(FOLDER, `bid-${rows}.jsonl`)
  const random = randomOf(SEEDS.bid)
  writeLines(path, function* () {
    for (let n = 0; n < rows; n++) {
      const epoch = Math.floor(n / 46)
      yield bidOf(epoch, epoch * 50 + 4 + (n % 46), random)
    }
  })
  return path
}

function writeLines(path: string, rows: () => Iterable<object>): void {
  whole(path, beside => {
    const file = openSync(beside, 'w')
    let block = ''
    for (const row of rows()) {
      block += `${JSON.stringify(row)}\n`
      if (block.length < BLOCK) continue
      writeSync(file, block)
      block = ''
    }
    writeSync(file, block)
    closeSync(file)
  })
}
