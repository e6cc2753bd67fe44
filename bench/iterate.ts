// `npm run bench -- iterate [edges]`: connected components of a random graph with twice as many edges as nodes, computed once;
// then single edges come and go. What one costs in CPU time, against computing all again. Through the whole engine, no checkpoint.
import { millrace, read, t, write } from 'millrace'
import { median } from './support/measure.ts'

const EDGES = Number(process.argv[2] ?? 100_000)
const NODES = EDGES / 2
const CHANGES = 50

const say = (line: string): void => void process.stdout.write(`${line}\n`)
let seed = 1
const node = (): number => {
  seed = (Math.imul(seed, 1103515245) + 12345) >>> 0
  return Math.floor((seed / 2 ** 32) * NODES)
}

const input = read.memory(t.row({ src: t.int(), dst: t.int() }), {
  weights: true,
  keep: 'uncommitted',
  highWater: 2 * EDGES,
})
const both = input.table.union(input.table.select(e => ({ src: e.dst, dst: e.src })))
const own = both.select(e => ({ node: e.src, component: e.src })).distinct()
const components = own.iterate(labels =>
  labels
    .join(both, { on: (l, e) => l.node.eq(e.src), select: (l, e) => ({ node: e.dst, component: l.component }) })
    .union(own)
    .groupBy('node')
    .agg(g => ({ component: g.component.min() })),
)

let told = 0
const seen = write.foreachBatch(async rows => {
  told += rows.length
})
await using engine = await millrace({ dir: false, memory: '2 GB' })
await using run = await engine.run('components', components.to(seen, { mode: 'update' }), {
  unbounded: true,
  epochRows: EDGES * 2,
})

/** CPU milliseconds of the process from pushing to the end of the epoch, and how many rows it told. */
async function epoch(push: () => Promise<void>): Promise<{ readonly ms: number; readonly rows: number }> {
  const before = told
  const done = new Promise<void>(resolve => {
    const forget = run.on('progress', () => {
      forget()
      resolve()
    })
  })
  const began = process.cpuUsage()
  await push()
  await done
  const { user, system } = process.cpuUsage(began)
  return { ms: (user + system) / 1000, rows: told - before }
}

const edges = Array.from({ length: EDGES }, () => ({ src: node(), dst: node() }))
const first = await epoch(() => input.push(edges))
const { stateRows, stateBytes } = run.progress.last as NonNullable<typeof run.progress.last>
say(
  `${EDGES} edges, ${first.rows} nodes: ${first.ms.toFixed(0)} ms, state ${stateRows} rows, ${(stateBytes / 2 ** 20).toFixed(0)} MB`,
)

const come: number[] = []
const go: number[] = []
let rows = 0
for (let i = 0; i < CHANGES; i++) {
  // A leaf, so that some label changes; and an edge of the graph, which mostly changes none.
  const edge = i % 2 === 0 ? { src: NODES + i, dst: node() } : { src: node(), dst: node() }
  const added = await epoch(() => input.push([edge]))
  const removed = await epoch(() => input.pushWeighted([{ row: edge, weight: -1 }]))
  come.push(added.ms)
  go.push(removed.ms)
  rows += added.rows + removed.rows
}
say(`one edge comes: median ${median(come).toFixed(2)} ms, worst ${Math.max(...come).toFixed(1)} ms`)
say(
  `one edge goes:  median ${median(go).toFixed(2)} ms, worst ${Math.max(...go).toFixed(1)} ms (${rows} rows told in all)`,
)
say(`computing again would cost ${Math.round(first.ms / Math.max(median(come), median(go)))} times as much`)
