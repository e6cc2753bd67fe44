// The running example of the Dataflow Model (Akidau et al., VLDB 2015; "Streaming 102"; Streaming Systems, chapters 2 and 4):
// nine integers of one key, where their event times and the clock diverge, summed in windows of two minutes. What is told,
// when and how is what was published: the values of each pane, its timing and its number.
import assert from 'node:assert/strict'
import { test } from 'node:test'
import { type Batch, batchFromRows, changesOf, kindOf, Memory } from '../../src/data/index.ts'
import { type AggregateSpec, aggregate, type Emit, type Operator, WATERMARK_MAX } from '../../src/ops/index.ts'
import { type Accumulation, panes } from '../../src/ops/panes.ts'
import type { Firing } from '../../src/time/index.ts'
import { field, type ScalarType, scalars, schemaOf } from '../../src/types/index.ts'

const input = schemaOf([
  field('team', scalars.string),
  field('start', scalars.timestamp),
  field('end', scalars.timestamp),
  field('score', scalars.int),
])
const results = schemaOf([...input.fields.slice(0, 3), field('sum', scalars.int), field('rows', scalars.int)])
const told = schemaOf([
  ...results.fields.slice(0, 4),
  field('paneIndex', scalars.int),
  field('paneTiming', scalars.string),
  field('isFirstPane', scalars.boolean),
  field('isLastPane', scalars.boolean),
])

/** 'minute:second' of the hour that begins at 12:00, milliseconds. */
const clock = (text: string): number => {
  const [minutes, seconds] = text.split(':').map(Number) as [number, number]
  return (minutes * 60 + seconds) * 1000
}
const shown = (time: number): string =>
  `${String(Math.floor(time / 60_000)).padStart(2, '0')}:${String((time / 1000) % 60).padStart(2, '0')}`

/** At a time of the clock: a score of an event time, or the watermark reaches a time. */
type Step = readonly [now: string, score: number, at: string] | readonly [now: string, watermark: string]

const scores: readonly Step[] = [
  ['04:59', 5, '00:26'],
  ['05:39', 7, '02:24'],
  ['06:13', 3, '03:39'],
  ['06:39', 4, '04:19'],
  ['07:06', 8, '03:06'],
  ['07:19', 3, '06:39'],
  ['08:19', 9, '01:25'],
  ['08:39', 8, '07:26'],
  ['09:00', 1, '07:46'],
]
const watermarks = {
  none: [],
  perfect: [
    ['08:39', '02:00'],
    ['09:00', '04:00'],
    ['09:10', '06:00'],
    ['09:20', '08:00'],
  ],
  heuristic: [
    ['06:00', '02:00'],
    ['07:30', '04:00'],
    ['07:40', '06:00'],
    ['09:30', '08:00'],
  ],
} as const satisfies Record<string, readonly Step[]>

interface Story {
  readonly steps: readonly Step[]
  readonly firing: Firing
  readonly accumulation?: Accumulation
  /** Milliseconds. */
  readonly accept?: number
  readonly isSession?: boolean
  /** The clock goes on until then before the input ends. */
  readonly until?: string
}

const FOREVER = 1000 * 24 * 3_600_000

/** Each step is an epoch, and so is each time at which the panes ask for one. */
class Rig {
  readonly memory = new Memory()
  readonly arena = this.memory.arena()
  readonly out: string[] = []
  readonly #story: Story
  #aggregate: Operator
  #panes: Operator
  #watermark = 0n
  #saved: [number, string, Uint8Array][] = []

  constructor(story: Story) {
    this.#story = story
    ;[this.#aggregate, this.#panes] = this.#build()
    this.#panes.tick?.(0)
    this.#epoch(0, undefined)
  }

  #build(): [Operator, Operator] {
    const { firing, accumulation = 'accumulating', accept = FOREVER, isSession = false } = this.#story
    const column = (i: number) => ({ column: i, type: input.fields[i]?.type as ScalarType, nullable: false })
    const kinds = input.fields.map(each => kindOf(each.type as ScalarType))
    const spec: AggregateSpec = {
      keys: ['team', 'start', 'end'].map((name, i) => ({ ...column(i), name })),
      calls: [
        { name: 'sum', fn: 'sum', args: [column(3)], type: scalars.int },
        { name: 'rows', fn: 'count', args: [], type: scalars.int },
      ],
      appendOnlyInput: true,
      window: {
        start: 1,
        end: 2,
        accept: BigInt(accept) * 1000n,
        merging: isSession ? { kinds, bucket: 1_000_000n } : undefined,
      },
      emit: 'changes',
      forgets: accumulation === 'discarding',
    }
    const context = { memory: this.memory, arena: this.arena, operator: 'test', durable: true }
    const source = aggregate(context, spec)
    const paned = panes(
      {
        kinds: results.fields.map(each => kindOf(each.type as ScalarType)),
        keys: [0],
        start: 1,
        end: 2,
        rows: 4,
        merges: isSession,
        accept: BigInt(accept) * 1000n,
        firing,
        accumulation,
        forget: groups => source.forget?.(groups),
      },
      context,
    )
    return [source, paned]
  }

  #epoch(now: number, rows: readonly object[] | undefined): void {
    const tell: Emit = (_port, batch) => this.#tell(now, batch)
    this.#panes.tick?.(now)
    if (rows !== undefined) this.#aggregate.step(0, batchFromRows(rows, input, this.arena), () => {})
    this.#aggregate.advance(0, this.#watermark, () => {})
    this.#aggregate.flush((port, batch) => port === 0 && this.#panes.step(0, batch, tell))
    this.#panes.advance(0, this.#aggregate.watermark([this.#watermark]), tell)
    this.#panes.flush(tell)
    this.arena.reset()
  }

  #tell(now: number, batch: Batch): void {
    for (const { row, weight } of changesOf(batch, told, this.memory)) {
      const window = `${shown(Number(row['start']))}-${shown(Number(row['end']))}`
      const marks = `${row['isFirstPane'] ? ' first' : ''}${row['isLastPane'] ? ' last' : ''}`
      const sign = weight < 0 ? '-' : ''
      this.out.push(`${shown(now)} ${window} ${sign}${row['sum']} ${row['paneTiming']} ${row['paneIndex']}${marks}`)
    }
  }

  /** As after a crash: what was saved is all there is. */
  restart(): void {
    for (const [i, operator] of [this.#aggregate, this.#panes].entries()) {
      operator.save({ put: (store, block) => this.#saved.push([i, store, block.slice()]) }, false)
      operator.close()
    }
    ;[this.#aggregate, this.#panes] = this.#build()
    for (const [i, store, block] of this.#saved) (i === 0 ? this.#aggregate : this.#panes).load(store, block)
    this.#aggregate.advance(0, this.#watermark, () => {})
    this.#panes.advance(0, this.#aggregate.watermark([this.#watermark]), () => {})
  }

  run(isRestarted: boolean): readonly string[] {
    const { steps, isSession = false, until } = this.#story
    for (const step of steps) {
      const now = clock(step[0])
      this.#wait(now)
      if (step.length === 2) {
        this.#watermark = BigInt(clock(step[1])) * 1000n
        this.#epoch(now, undefined)
      } else {
        const at = clock(step[2])
        const start = isSession ? at : Math.floor(at / 120_000) * 120_000
        const end = isSession ? at + 60_000 : start + 120_000
        this.#epoch(now, [{ team: 'X', score: step[1], start: new Date(start), end: new Date(end) }])
      }
      if (isRestarted) this.restart()
    }
    const last = clock(until ?? '09:30')
    this.#wait(last)
    this.#watermark = WATERMARK_MAX
    this.#epoch(last, undefined)
    return this.out
  }

  #wait(until: number): void {
    for (let at = this.#panes.wakeAt?.() as number; at < until; at = this.#panes.wakeAt?.() as number)
      this.#epoch(at, undefined)
  }

  close(): void {
    this.#aggregate.close()
    this.#panes.close()
    this.arena.free()
    assert.equal(this.memory.used, 0, 'bytes lost')
  }
}

const inTime = (...all: readonly (readonly Step[])[]): readonly Step[] =>
  all.flat().sort((a, b) => clock(a[0]) - clock(b[0]) || (a.length > b.length ? -1 : 1))

const delay = (minutes: number): Firing => ({ kind: 'delay', ms: minutes * 60_000 })
const ticks = (minutes: number): Firing => ({ kind: 'ticks', ms: minutes * 60_000, offset: 0 })
const rows = (count: number): Firing => ({ kind: 'rows', count })
const repeatedly = (of: Firing): Firing => ({ kind: 'repeatedly', of, until: undefined })
const atWatermark: Firing = { kind: 'watermark', early: undefined, late: undefined }
const around: Firing = { kind: 'watermark', early: delay(1), late: rows(1) }

const stories: Record<string, Story & { readonly expected: readonly string[] }> = {
  'fixed windows, batch': {
    steps: scores,
    firing: atWatermark,
    accept: 0,
    expected: [
      '09:30 00:00-02:00 14 on time 0 first last',
      '09:30 02:00-04:00 18 on time 0 first last',
      '09:30 04:00-06:00 4 on time 0 first last',
      '09:30 06:00-08:00 12 on time 0 first last',
    ],
  },
  'every record': {
    steps: scores,
    firing: repeatedly(rows(1)),
    expected: [
      '04:59 00:00-02:00 5 early 0 first',
      '05:39 02:00-04:00 7 early 0 first',
      '06:13 02:00-04:00 10 early 1',
      '06:39 04:00-06:00 4 early 0 first',
      '07:06 02:00-04:00 18 early 2',
      '07:19 06:00-08:00 3 early 0 first',
      '08:19 00:00-02:00 14 early 1',
      '08:39 06:00-08:00 11 early 1',
      '09:00 06:00-08:00 12 early 2',
    ],
  },
  'micro-batch: ticks every two minutes, from 12:05 on': {
    steps: scores,
    firing: repeatedly({ kind: 'ticks', ms: 120_000, offset: 60_000 }),
    expected: [
      '05:00 00:00-02:00 5 early 0 first',
      '07:00 02:00-04:00 10 early 0 first',
      '07:00 04:00-06:00 4 early 0 first',
      '09:00 02:00-04:00 18 early 1',
      '09:00 06:00-08:00 12 early 0 first',
      '09:00 00:00-02:00 14 early 1',
    ],
  },
  'a delay of two minutes from the first record on': {
    steps: scores,
    firing: repeatedly(delay(2)),
    expected: [
      '06:59 00:00-02:00 5 early 0 first',
      '07:39 02:00-04:00 18 early 0 first',
      '08:39 04:00-06:00 4 early 0 first',
      '09:19 06:00-08:00 12 early 0 first',
      '09:30 00:00-02:00 14 on time 1 last',
    ],
  },
  'a perfect watermark': {
    steps: inTime(scores, watermarks.perfect),
    firing: atWatermark,
    accept: 0,
    expected: [
      '08:39 00:00-02:00 14 on time 0 first last',
      '09:00 02:00-04:00 18 on time 0 first last',
      '09:10 04:00-06:00 4 on time 0 first last',
      '09:20 06:00-08:00 12 on time 0 first last',
    ],
  },
  'a heuristic watermark: the 9 is too late': {
    steps: inTime(scores, watermarks.heuristic),
    firing: atWatermark,
    accept: 0,
    expected: [
      '06:00 00:00-02:00 5 on time 0 first last',
      '07:30 02:00-04:00 18 on time 0 first last',
      '07:40 04:00-06:00 4 on time 0 first last',
      '09:30 06:00-08:00 12 on time 0 first last',
    ],
  },
  'early, on time, late; perfect watermark': {
    steps: inTime(scores, watermarks.perfect),
    firing: around,
    expected: [
      '05:59 00:00-02:00 5 early 0 first',
      '06:39 02:00-04:00 10 early 0 first',
      '07:39 04:00-06:00 4 early 0 first',
      '08:06 02:00-04:00 18 early 1',
      '08:19 06:00-08:00 3 early 0 first',
      '08:39 00:00-02:00 14 on time 1',
      '09:00 02:00-04:00 18 on time 2',
      '09:10 04:00-06:00 4 on time 1',
      '09:20 06:00-08:00 12 on time 1',
    ],
  },
  'early, on time, late; heuristic watermark; accumulating': {
    steps: inTime(scores, watermarks.heuristic),
    firing: around,
    expected: [
      '05:59 00:00-02:00 5 early 0 first',
      '06:00 00:00-02:00 5 on time 1',
      '06:39 02:00-04:00 10 early 0 first',
      '07:30 02:00-04:00 18 on time 1',
      '07:39 04:00-06:00 4 early 0 first',
      '07:40 04:00-06:00 4 on time 1',
      '08:19 06:00-08:00 3 early 0 first',
      '08:19 00:00-02:00 14 late 2',
      '09:30 06:00-08:00 12 on time 1',
    ],
  },
  'the same, discarding (a pane of nothing is not told)': {
    steps: inTime(scores, watermarks.heuristic),
    firing: around,
    accumulation: 'discarding',
    expected: [
      '05:59 00:00-02:00 5 early 0 first',
      '06:39 02:00-04:00 10 early 0 first',
      '07:30 02:00-04:00 8 on time 1',
      '07:39 04:00-06:00 4 early 0 first',
      '08:19 06:00-08:00 3 early 0 first',
      '08:19 00:00-02:00 9 late 1',
      '09:30 06:00-08:00 9 on time 1',
    ],
  },
  'the same, accumulating and retracting': {
    steps: inTime(scores, watermarks.heuristic),
    firing: around,
    accumulation: 'retracting',
    expected: [
      '05:59 00:00-02:00 5 early 0 first',
      '06:00 00:00-02:00 -5 early 0 first',
      '06:00 00:00-02:00 5 on time 1',
      '06:39 02:00-04:00 10 early 0 first',
      '07:30 02:00-04:00 -10 early 0 first',
      '07:30 02:00-04:00 18 on time 1',
      '07:39 04:00-06:00 4 early 0 first',
      '07:40 04:00-06:00 -4 early 0 first',
      '07:40 04:00-06:00 4 on time 1',
      '08:19 06:00-08:00 3 early 0 first',
      '08:19 00:00-02:00 -5 on time 1',
      '08:19 00:00-02:00 14 late 2',
      '09:30 06:00-08:00 -3 early 0 first',
      '09:30 06:00-08:00 12 on time 1',
    ],
  },
  'allowed lateness of two minutes: the 6 is in time, the 9 is not': {
    steps: inTime(scores, watermarks.heuristic, [['06:39', 6, '00:53']]),
    firing: around,
    accept: 120_000,
    expected: [
      '05:59 00:00-02:00 5 early 0 first',
      '06:00 00:00-02:00 5 on time 1',
      '06:39 02:00-04:00 10 early 0 first',
      '06:39 00:00-02:00 11 late 2',
      '07:30 02:00-04:00 18 on time 1',
      '07:39 04:00-06:00 4 early 0 first',
      '07:40 04:00-06:00 4 on time 1',
      '08:19 06:00-08:00 3 early 0 first',
      '09:30 06:00-08:00 12 on time 1',
    ],
  },
  'sessions of a minute': {
    steps: inTime(scores, watermarks.heuristic),
    firing: around,
    isSession: true,
    expected: [
      '05:59 00:26-01:26 5 early 0 first',
      '06:00 00:26-01:26 5 on time 1',
      '06:39 02:24-03:24 7 early 0 first',
      '07:13 02:24-05:19 22 early 0 first',
      '07:40 02:24-05:19 22 on time 1',
      '08:19 06:39-07:39 3 early 0 first',
      '08:19 00:26-05:19 36 late 0 first',
      '09:30 06:39-08:46 12 on time 0 first last',
    ],
  },
  'sessions with retractions': {
    steps: inTime(scores, watermarks.heuristic),
    firing: around,
    isSession: true,
    accumulation: 'retracting',
    expected: [
      '05:59 00:26-01:26 5 early 0 first',
      '06:00 00:26-01:26 -5 early 0 first',
      '06:00 00:26-01:26 5 on time 1',
      '06:39 02:24-03:24 7 early 0 first',
      '07:13 02:24-03:24 -7 early 0 first',
      '07:13 02:24-05:19 22 early 0 first',
      '07:40 02:24-05:19 -22 early 0 first',
      '07:40 02:24-05:19 22 on time 1',
      '08:19 06:39-07:39 3 early 0 first',
      '08:19 00:26-01:26 -5 on time 1',
      '08:19 02:24-05:19 -22 on time 1',
      '08:19 00:26-05:19 36 late 0 first',
      '09:30 06:39-07:39 -3 early 0 first',
      '09:30 06:39-08:46 12 on time 0 first last',
    ],
  },
}

for (const [name, story] of Object.entries(stories))
  for (const isRestarted of [false, true])
    test(`${name}${isRestarted ? ', restarted after every epoch' : ''}`, () => {
      const rig = new Rig(story)
      assert.deepEqual([...rig.run(isRestarted)].sort(), [...story.expected].sort())
      rig.close()
    })

test('a trigger of all, any and each, at the ends of epochs', () => {
  const firing: Firing = {
    kind: 'each',
    of: [
      { kind: 'any', of: [rows(3), delay(1)] },
      { kind: 'all', of: [rows(1), ticks(1)] },
    ],
  }
  const rig = new Rig({ steps: scores, firing, until: '20:00', accept: 0 })
  const early = rig.run(false).filter(each => each.includes('02:00-04:00'))
  assert.deepEqual(early, ['06:39 02:00-04:00 10 early 0 first', '08:00 02:00-04:00 18 early 1'])
  rig.close()
})
