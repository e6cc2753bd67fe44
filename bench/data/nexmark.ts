// NEXMark bids as JSON lines (Tucker et al., NEXMark: a benchmark for queries over data streams, 2008; sizes and hot
// keys as in the Apache Beam and Flink suites). Seeded: the same count gives the same bytes. Cached under .bench/.
import { closeSync, existsSync, mkdirSync, openSync, renameSync, writeSync } from 'node:fs'
import { join } from 'node:path'

const FOLDER = join(import.meta.dirname, '../../.bench')
const CHANNELS = ['Google', 'Facebook', 'Baidu', 'Apple']
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

function lineOf(n: number, random: () => number): string {
  const int = (below: number): number => Math.floor(random() * below)
  const word = (length: number): string => {
    let text = ''
    for (let i = 0; i < length; i++) text += String.fromCharCode(97 + int(26))
    return text
  }
  // 46 of 50 events are bids, after a person and three auctions.
  const epoch = Math.floor(n / 46)
  const event = epoch * 50 + 4 + (n % 46)
  const lastAuction = epoch * 3 + 2
  const auction = int(2) > 0 ? Math.floor(lastAuction / 100) * 100 : lastAuction - int(Math.min(lastAuction + 1, 100))
  const bidder = int(4) > 0 ? Math.floor(epoch / 100) * 100 + 1 : epoch - int(Math.min(epoch + 1, 1000))
  const hot = int(2) > 0
  const rest = hot ? '' : `&channel_id=${int(1 << 30)}`
  return JSON.stringify({
    auction: 1000 + auction,
    bidder: 1000 + bidder,
    price: Math.round(10 ** (random() * 6) * 100),
    channel: hot ? CHANNELS[int(4)] : `channel-${int(10000)}`,
    url: `https://www.nexmark.com/${word(5)}/${word(4)}/${word(5)}/item.htm?query=1${rest}`,
    dateTime: new Date(BASE + Math.floor(event / 10)).toISOString(),
    extra: word(30),
  })
}

/** The path of a file of `rows` bids; made when it is missing. */
export function nexmarkBids(rows: number): string {
  const path = join(FOLDER, `bid-${rows}.jsonl`)
  if (existsSync(path)) return path
  mkdirSync(FOLDER, { recursive: true })
  const beside = `${path}.${process.pid}`
  const file = openSync(beside, 'w')
  const random = randomOf(0x9e3779b9)
  let block = ''
  for (let n = 0; n < rows; n++) {
    block += `${lineOf(n, random)}\n`
    if (block.length < BLOCK && n < rows - 1) continue
    writeSync(file, block)
    block = ''
  }
  closeSync(file)
  renameSync(beside, path)
  return path
}
