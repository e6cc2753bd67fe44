// Iterations over inputs that change: edges come and go, epoch by epoch, the power is cut on the way, and after every epoch
// the table is what the same question over the edges that are there gives from scratch.
import assert from 'node:assert/strict'
import { lit, read, type Table, t, when } from '../../src/index.ts'
import { type TestRun, testing } from '../../src/testing/index.ts'
import { type Rng, seeded } from '../support/seed.ts'

interface Edge {
  readonly src: number
  readonly dst: number
  readonly length: number
}

type Edges = Table<Edge, 'update'>
type Answer = readonly object[]

interface Question {
  readonly run: (edges: Edges) => Promise<TestRun>
  readonly answer: (edges: readonly Edge[]) => Answer
}

/** A question as a table that is kept, and as a function of the edges that are there. */
function question<Row extends object>({
  table,
  answer,
}: {
  readonly table: (edges: Edges) => Table<Row>
  readonly answer: (edges: readonly Edge[]) => Answer
}): Question {
  return { run: edges => testing(table(edges), { unbounded: true, keep: ['start'] }), answer }
}

const nodesOf = (edges: readonly Edge[]): number[] =>
  [...new Set(edges.flatMap(each => [each.src, each.dst]))].sort((a, b) => a - b)

const components = question({
  table(edges) {
    const both = edges.select(e => ({ src: e.src, dst: e.dst })).union(edges.select(e => ({ src: e.dst, dst: e.src })))
    const own = both.select(e => ({ node: e.src, component: e.src })).distinct()
    return own.iterate(labels =>
      labels
        .join(both, { on: (l, e) => l.node.eq(e.src), select: (l, e) => ({ node: e.dst, component: l.component }) })
        .union(own)
        .groupBy('node')
        .agg(g => ({ component: g.component.min() })),
    )
  },
  answer(edges) {
    const labels = new Map(nodesOf(edges).map(node => [node, node]))
    for (let changed = true; changed; ) {
      changed = false
      for (const { src, dst } of edges) {
        const least = Math.min(labels.get(src) as number, labels.get(dst) as number)
        for (const node of [src, dst]) {
          if (labels.get(node) === least) continue
          labels.set(node, least)
          changed = true
        }
      }
    }
    return [...labels].map(([node, component]) => ({ node, component }))
  },
})

/** The same as Flink does it: labels are the solution set, those that have just changed the work set. */
const deltaComponents = question({
  table(edges) {
    const both = edges.select(e => ({ src: e.src, dst: e.dst })).union(edges.select(e => ({ src: e.dst, dst: e.src })))
    const own = both.select(e => ({ node: e.src, component: e.src })).distinct()
    return own.iterateDelta(own, {
      key: 'node',
      step(labels, changed) {
        const better = changed
          .join(both, { on: (c, e) => c.node.eq(e.src), select: (c, e) => ({ node: e.dst, least: c.component }) })
          .groupBy('node')
          .agg(g => ({ least: g.least.min() }))
          .join(labels, {
            on: (b, l) => b.node.eq(l.node),
            select: (b, l) => ({ node: b.node, component: b.least, was: l.component }),
          })
          .where(b => b.component.lt(b.was))
          .drop('was')
        return { delta: better, next: better }
      },
    })
  },
  answer: components.answer,
})

const reachability = question({
  table: edges => {
    const steps = edges.select(e => ({ from: e.src, to: e.dst }))
    return steps.recursive(paths =>
      paths.join(steps, { on: (p, e) => p.to.eq(e.from), select: (p, e) => ({ from: p.from, to: e.to }) }),
    )
  },
  answer: edges => nodesOf(edges).flatMap(from => reachedFrom(from, edges).map(to => ({ from, to }))),
})

/** The same by doubling paths: the step joins its table with itself. */
const doubling = question({
  table: edges =>
    edges
      .select(e => ({ from: e.src, to: e.dst }))
      .recursive(paths =>
        paths.join(paths, { on: (a, b) => a.to.eq(b.from), select: (a, b) => ({ from: a.from, to: b.to }) }),
      ),
  answer: reachability.answer,
})

function reachedFrom(from: number, edges: readonly Edge[]): number[] {
  const found = new Set<number>()
  for (let front = [from]; front.length > 0; ) {
    front = front.flatMap(node => edges.filter(each => each.src === node && !found.has(each.dst)).map(each => each.dst))
    for (const node of front) found.add(node)
    front = [...new Set(front)]
  }
  return [...found]
}

const shortest = question({
  table(edges) {
    const start = read.from([{ node: 1, cost: 0 }], { name: 'start', schema: t.row({ node: t.int(), cost: t.int() }) })
    return start.iterate(costs =>
      costs
        .join(edges, {
          on: (c, e) => c.node.eq(e.src),
          select: (c, e) => ({ node: e.dst, cost: c.cost.add(e.length) }),
        })
        .union(start)
        .groupBy('node')
        .agg(g => ({ cost: g.cost.min() })),
    )
  },
  answer(edges) {
    const costs = new Map([[1, 0]])
    for (let round = 0; round <= nodesOf(edges).length; round++)
      for (const { src, dst, length } of edges) {
        const cost = (costs.get(src) ?? Number.POSITIVE_INFINITY) + length
        if (cost < (costs.get(dst) ?? Number.POSITIVE_INFINITY)) costs.set(dst, cost)
      }
    return [...costs].map(([node, cost]) => ({ node, cost }))
  },
})

const ROUNDS = 40
const rounded = (value: number): number => Math.round(value * 1000) / 1000

/** PageRank to three digits: ranks that are equal to their last digit stop changing. */
const pageRank = question({
  table(edges) {
    const links = edges.select(e => ({ src: e.src, dst: e.dst })).distinct()
    const out = links.groupBy('src').agg(g => ({ links: g.count() }))
    const pages = links
      .select(e => ({ page: e.src, rank: e.src.mul(0).add(1).cast('double') }))
      .union(links.select(e => ({ page: e.dst, rank: e.src.mul(0).add(1).cast('double') })))
      .distinct()
    const shares = (ranks: typeof pages | Table<{ page: number; rank: number }, 'update'>) =>
      ranks
        .join(out, { on: (r, o) => r.page.eq(o.src), select: (r, o) => ({ src: r.page, share: r.rank.div(o.links) }) })
        .join(links, { on: (s, e) => s.src.eq(e.src), select: (s, e) => ({ page: e.dst, part: s.share }) })
    return pages.iterate(
      ranks =>
        shares(ranks)
          .union(pages.select(p => ({ page: p.page, part: p.rank.mul(0) })))
          .groupBy('page')
          .agg(g => ({ sum: g.part.sum() }))
          .select(r => ({ page: r.page, rank: r.sum.mul(0.85).add(0.15).round(3) })),
      { rounds: ROUNDS },
    )
  },
  answer(edges) {
    const links = [...new Set(edges.map(each => `${each.src} ${each.dst}`))].map(each => each.split(' ').map(Number))
    const out = new Map<number, number>()
    for (const [src] of links as [number, number][]) out.set(src, (out.get(src) ?? 0) + 1)
    let ranks = new Map(nodesOf(edges).map(node => [node, 1]))
    for (let round = 0; round < ROUNDS; round++) {
      const next = new Map([...ranks.keys()].map(node => [node, 0]))
      for (const [src, dst] of links as [number, number][])
        next.set(dst, (next.get(dst) as number) + (ranks.get(src) as number) / (out.get(src) as number))
      ranks = new Map([...next].map(([node, sum]) => [node, rounded(sum * 0.85 + 0.15)]))
    }
    return [...ranks].map(([page, rank]) => ({ page, rank }))
  },
})

/** Who wins from where, moving on, when it is lost not to be able to move: what is not there counts (an anti join). */
const winning = question({
  table(edges) {
    const moves = edges.where(e => e.src.lt(e.dst)).select(e => ({ from: e.src, to: e.dst }))
    const none = moves.where(m => m.from.lt(0)).select(m => ({ won: m.from }))
    return none.iterate(won =>
      moves
        .join(won, { type: 'anti', on: (m, w) => m.to.eq(w.won) })
        .select(m => ({ won: m.from }))
        .distinct(),
    )
  },
  answer(edges) {
    const wins = (node: number): boolean => edges.some(each => each.src === node && node < each.dst && !wins(each.dst))
    return nodesOf(edges)
      .filter(wins)
      .map(won => ({ won }))
  },
})

const FAR = 99

/** How many edges every node is away from the first, those too that can't be reached (an outer join). */
const hops = question({
  table(edges) {
    const both = edges.select(e => ({ node: e.src })).union(edges.select(e => ({ node: e.dst })))
    const nodes = both.distinct()
    const seed = nodes.select(n => ({ node: n.node, hops: when(n.node.eq(1), 0).otherwise(FAR) }))
    return seed.iterate(now => {
      const reached = now
        .where(n => n.hops.lt(FAR))
        .join(edges, { on: (n, e) => n.node.eq(e.src), select: (n, e) => ({ to: e.dst, hops: n.hops.add(1) }) })
        .groupBy('to')
        .agg(g => ({ least: g.hops.min() }))
      return nodes.join(reached, {
        type: 'left',
        on: (n, r) => n.node.eq(r.to),
        select: (n, r) => ({ node: n.node, hops: when(n.node.eq(1), 0).otherwise(r.least.coalesce(FAR)) }),
      })
    })
  },
  answer(edges) {
    const found = new Map([[1, 0]])
    for (let round = 1, front = [1]; front.length > 0; round++) {
      front = edges.filter(each => front.includes(each.src) && !found.has(each.dst)).map(each => each.dst)
      for (const node of front) found.set(node, round)
    }
    return nodesOf(edges).map(node => ({ node, hops: found.get(node) ?? FAR }))
  },
})

const sorted = (rows: Answer): string[] => rows.map(each => JSON.stringify(each)).sort()

/** Some edges come, some of those that are there go. */
function change(rng: Rng, there: Edge[], nodes: number): { readonly come: Edge[]; readonly go: Edge[] } {
  const go = there.filter(() => rng.oneIn(4))
  for (const each of go) there.splice(there.indexOf(each), 1)
  const come = rng.list(6, () => ({ src: rng.int(1, nodes), dst: rng.int(1, nodes), length: rng.int(1, 9) }))
  there.push(...come)
  return { come, go }
}

async function check(rng: Rng, { run: start, answer }: Question): Promise<void> {
  const source = read.memory(t.row({ src: t.int(), dst: t.int(), length: t.int() }), { weights: true })
  const nodes = rng.int(3, 9)
  const there: Edge[] = []
  await using run = await start(source.table)
  const epochs = rng.int(3, 7)
  for (let epoch = 1; epoch <= epochs; epoch++) {
    const { come, go } = change(rng, there, nodes)
    if (come.length + go.length === 0) continue
    const edges = run.input(source.table)
    if (come.length > 0) edges.push(come)
    if (go.length > 0) edges.push(go, { weight: -1 })
    if (rng.oneIn(3)) {
      await run.crash({ step: rng.int(1, 40), tail: rng.pick(['lost', 'kept', 'torn'] as const) })
      await run.restore()
    }
    await run.epoch()
    assert.deepEqual(sorted(run.rows()), sorted(answer(there)), `epoch ${epoch}`)
  }
}

const RUNS = { runs: 8, long: 200 }

for (const [name, question] of Object.entries({
  components,
  deltaComponents,
  reachability,
  doubling,
  shortest,
  pageRank,
  winning,
  hops,
}))
  seeded(`${name} over edges that come and go, with crashes, are those from scratch`, rng => check(rng, question), RUNS)

/** Of each node the three nearest others: ranks within a step. */
const nearest = question({
  table(edges) {
    const roads = edges.where(e => e.src.ne(e.dst)).select(e => ({ from: e.src, to: e.dst, cost: e.length }))
    return roads.recursive(paths =>
      paths
        .join(roads, {
          on: (p, r) => p.to.eq(r.from),
          select: (p, r) => ({ from: p.from, to: r.to, cost: p.cost.add(r.cost) }),
        })
        .where(p => p.from.ne(p.to).and(p.cost.lt(20)))
        .groupBy('from', 'to')
        .agg(g => ({ cost: g.cost.min() }))
        .topN(3, { per: 'from', by: p => [p.cost, p.to] })
        .select(p => ({ from: p.from, to: p.to, cost: p.cost })),
    )
  },
  answer(edges) {
    const roads = edges.filter(each => each.src !== each.dst)
    const text = (from: number, to: number, cost: number): string => JSON.stringify({ from, to, cost })
    const own = new Set(roads.map(each => text(each.src, each.dst, each.length)))
    let all = new Set(own)
    for (;;) {
      const least = new Map<string, { from: number; to: number; cost: number }>()
      for (const each of all) {
        const path = JSON.parse(each) as { from: number; to: number; cost: number }
        for (const road of roads) {
          const [to, cost] = [road.dst, path.cost + road.length]
          if (road.src !== path.to || path.from === to || cost >= 20) continue
          const key = `${path.from} ${to}`
          if (cost < (least.get(key)?.cost ?? Number.POSITIVE_INFINITY)) least.set(key, { from: path.from, to, cost })
        }
      }
      const best = [...least.values()].sort((a, b) => a.from - b.from || a.cost - b.cost || a.to - b.to)
      const next = new Set(own)
      const taken = new Map<number, number>()
      for (const { from, to, cost } of best) {
        const n = (taken.get(from) ?? 0) + 1
        taken.set(from, n)
        if (n <= 3) next.add(text(from, to, cost))
      }
      if (next.size === all.size && [...next].every(each => all.has(each)))
        return [...all].map(each => JSON.parse(each))
      all = next
    }
  },
})

seeded('ranks within a step, over edges that come and go', rng => check(rng, nearest), RUNS)

seeded('rows in a feedback loop survive crashes: numbers go down to 1', async rng => {
  const numbers = read.memory(t.row({ start: t.int() }))
  const begun = numbers.table.select(r => ({ start: r.start, n: r.start, steps: lit(0) }))
  const finished = begun.feedback(
    rows => ({
      output: rows.where(r => r.n.eq(1)).select(r => ({ start: r.start, steps: r.steps })),
      again: rows
        .where(r => r.n.gt(1))
        .select(r => ({
          start: r.start,
          n: when(r.n.mod(2).eq(0), r.n.div(2)).otherwise(r.n.mul(3).add(1)),
          steps: r.steps.add(1),
        })),
    }),
    { inFlight: 100, rounds: rng.int(1, 9) },
  )
  await using run = await testing(finished)
  const pushed: number[] = []
  for (let epoch = rng.int(2, 5); epoch > 0; epoch--) {
    const starts = rng.list(5, () => rng.int(1, 30))
    pushed.push(...starts)
    run.push(starts.map(start => ({ start })))
    if (rng.oneIn(2)) {
      await run.crash({ step: rng.int(1, 20), tail: rng.pick(['lost', 'kept', 'torn'] as const) })
      await run.restore()
    }
    await run.epoch()
  }
  await run.end()
  const steps = (n: number): number => (n === 1 ? 0 : 1 + steps(n % 2 === 0 ? n / 2 : n * 3 + 1))
  assert.deepEqual(sorted(run.rows()), sorted(pushed.map(start => ({ start, steps: steps(start) }))))
})
