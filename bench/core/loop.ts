// The reference: what a TypeScript team writes by hand today, `readline`, JSON.parse and a Map.
import { createReadStream } from 'node:fs'
import { createInterface } from 'node:readline'
import { report } from '../support/measure.ts'

const [, file] = process.argv.slice(2) as [string, string]

interface Bid {
  readonly auction: number
  readonly dateTime: string
}

const started = performance.now()
const counts = new Map<string, number>()
for await (const line of createInterface({ input: createReadStream(file) })) {
  const bid = JSON.parse(line) as Bid
  const at = Date.parse(bid.dateTime)
  const key = `${bid.auction}|${at - (at % 10_000)}`
  counts.set(key, (counts.get(key) ?? 0) + 1)
}
const seconds = (performance.now() - started) / 1000
report(seconds, () => [...counts].map(([key, n]) => `${key}=${n}`))
