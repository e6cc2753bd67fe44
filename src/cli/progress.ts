// How far the runs are, about once a second: on a terminal lines that are drawn anew, elsewhere a line for each run in
// which something has happened.
import type { Progress } from '../runtime/index.ts'

/** Where progress goes: a terminal or not. */
export interface Screen {
  readonly isTTY?: boolean
  readonly columns?: number
  write(text: string): unknown
}

interface Told {
  rowsIn: number
  rowsOut: number
  epoch: number
  watermark: Date | undefined
  /** Rows in, and the time, when it was last drawn. */
  drawnRows: number
  drawnAt: number
  perSecond: number
  fresh: boolean
}

const CLEAR_LINE = '\x1b[2K'
const UP = '\x1b[1A'
const WIDTH = 80

export class ProgressLines {
  readonly #screen: Screen
  readonly #live: boolean
  readonly #now: () => number
  readonly #runs = new Map<string, Told>()
  #drawn = 0

  /** @param now milliseconds that only go forward */
  constructor(screen: Screen, live: boolean, now: () => number) {
    this.#screen = screen
    this.#live = live
    this.#now = now
  }

  /** An epoch of a run is over. */
  update(name: string, { epoch, rowsIn, rowsOut, watermark }: Progress): void {
    const told = this.#runs.get(name) ?? this.#first()
    this.#runs.set(name, told)
    told.epoch = epoch
    told.rowsIn += rowsIn
    told.rowsOut += rowsOut
    told.watermark = watermark
    told.fresh = true
  }

  /** Show what is known now. */
  draw(): void {
    for (const told of this.#runs.values()) this.#measure(told)
    if (this.#live) this.#redraw()
    for (const [name, told] of this.#runs) {
      if (told.fresh && !this.#live) this.#screen.write(`${line(name, told)}\n`)
      told.fresh = false
    }
  }

  /** Take the live lines away: somebody else is about to write. */
  clear(): void {
    this.#screen.write((UP + CLEAR_LINE).repeat(this.#drawn))
    this.#drawn = 0
  }

  #first(): Told {
    const drawnAt = this.#now()
    return { rowsIn: 0, rowsOut: 0, epoch: 0, watermark: undefined, drawnRows: 0, drawnAt, perSecond: 0, fresh: true }
  }

  #measure(told: Told): void {
    const elapsed = this.#now() - told.drawnAt
    if (elapsed <= 0) return
    told.perSecond = ((told.rowsIn - told.drawnRows) * 1000) / elapsed
    told.drawnRows = told.rowsIn
    told.drawnAt = this.#now()
  }

  #redraw(): void {
    const width = (this.#screen.columns ?? WIDTH) - 1
    const lines = [...this.#runs].map(([name, told]) => `${CLEAR_LINE}${cut(line(name, told), width)}\n`)
    this.#screen.write(UP.repeat(this.#drawn) + lines.join(''))
    this.#drawn = lines.length
  }
}

function line(name: string, { epoch, rowsIn, perSecond, watermark, rowsOut }: Told): string {
  const parts = [
    `epoch ${epoch}`,
    `${count(rowsIn)} rows in`,
    `${count(Math.round(perSecond))} rows/s`,
    ...(watermark === undefined ? [] : [`watermark ${watermark.toISOString().replace(/\.000Z$/, 'Z')}`]),
    `${count(rowsOut)} rows out`,
  ]
  return `${name}: ${parts.join(', ')}`
}

const count = (n: number): string => n.toLocaleString('en-US')

const cut = (text: string, width: number): string => (text.length > width ? `${text.slice(0, width - 1)}…` : text)
