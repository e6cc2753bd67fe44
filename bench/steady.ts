// `npm run bench -- steady [epochs]`: law: an epoch costs what it touches, however many groups there are. Through the
// whole engine (pushed rows → groupBy → sink, no checkpoint): after N groups exist, epochs that touch 10 of them.
import { millrace, read, t, write } from 'millrace'
import { median } from './support/measure.ts'

const epochs = Number(process.argv[2] ?? 200)
const SIZES = [10_000, 100_000, 1_000_000]
const TOUCHED = 10
const CHUNK = 50_000
const LIMIT_MS = 5
/** What noise may make of 'does not grow'. */
const GROWTH_MAX = 3

const say = (line: string): void => void process.stdout.write(`${line}\n`)
const event = t.row({ key: t.int(), value: t.int() })

/** Milliseconds from pushing rows to the end of their epoch, epoch by epoch. */
async function measure(groups: number): Promise<number[]> {
  const input = read.memory(event, { keep: 'uncommitted', highWater: 2 * CHUNK })
  const sums = input.table.groupBy('key').agg(g => ({ n: g.count(), sum: g.value.sum() }))
  let changes = 0
  const seen = write.foreachBatch(async rows => {
    changes += rows.length
  })
  await using engine = await millrace({ dir: false })
  await using run = await engine.run('steady', sums.to(seen, { mode: 'update' }), { unbounded: true })
  const epochsUntil = (wanted: number): Promise<void> =>
    new Promise(resolve => {
      const forget = run.on('progress', () => {
        if (changes < wanted) return
        forget()
        resolve()
      })
    })
  for (let from = 0; from < groups; from += CHUNK) {
    const done = epochsUntil(Math.min(groups, from + CHUNK))
    await input.push(Array.from({ length: Math.min(CHUNK, groups - from) }, (_, i) => ({ key: from + i, value: 1 })))
    await done
  }
  const times: number[] = []
  for (let epoch = 0; epoch < epochs; epoch++) {
    const rows = Array.from({ length: TOUCHED }, (_, i) => ({ key: ((epoch * TOUCHED + i) * 7919) % groups, value: 1 }))
    const done = epochsUntil(changes + TOUCHED)
    const began = performance.now()
    await input.push(rows)
    await done
    times.push(performance.now() - began)
  }
  if (changes !== groups + epochs * TOUCHED) throw new Error(`${changes} changes came`)
  return times
}

const medians: number[] = []
for (const groups of SIZES) {
  const times = (await measure(groups)).toSorted((a, b) => a - b)
  const p99 = times[Math.floor(times.length * 0.99)] as number
  medians.push(median(times))
  say(
    `${String(groups).padStart(9)} groups: an epoch that touches ${TOUCHED}: median ${median(times).toFixed(2)} ms, p99 ${p99.toFixed(2)} ms`,
  )
}
const growth = (medians.at(-1) as number) / (medians[0] as number)
say(`a hundred times the state costs ${growth.toFixed(2)} times as much`)
if ((medians.at(-1) as number) > LIMIT_MS || growth > GROWTH_MAX) process.exitCode = 1
