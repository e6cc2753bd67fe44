// What `npm start` shows: a live board on a terminal, plain lines anywhere else.
import { existsSync, readFileSync } from 'node:fs'
import type { Progress, Run } from 'millrace'

export interface ScreenOptions {
  /** The event time that the input covers, for the bar. */
  readonly from: Date
  readonly to: Date
  /** The input whose rows are counted, by its name. */
  readonly source: string
  /** The file that holds the ten busiest airports. */
  readonly board: string
}

interface Busy {
  readonly origin: string
  readonly name: string | null
  readonly window: { readonly start: string }
  readonly flights: number
  readonly mean: number
}

/** Follow a run to its end. The engine was told to mind signals: Ctrl-C finishes the epoch. */
export async function screen(run: Run, options: ScreenOptions): Promise<void> {
  const live = process.stdout.isTTY === true && !process.argv.includes('--once')
  const began = performance.now()
  let rows = 0
  let lastLine = 0
  run.on('progress', progress => {
    if (rows === 0) console.log(startLine(progress))
    rows += progress.sources.find(each => each.name === options.source)?.rows ?? 0
    const seconds = (performance.now() - began) / 1000
    if (!live && seconds - lastLine < 1) return
    lastLine = seconds
    const line = statusLine(progress, rows / seconds, options)
    process.stdout.write(live ? `\x1b[2J\x1b[H${line}\n\n${board(options.board)}\n` : `${line}\n`)
  })
  await run.done
  console.log(endLine(rows, (performance.now() - began) / 1000, run.status === 'stopped'))
  console.log(`\n${board(options.board)}`)
}

function startLine(progress: Progress): string {
  if (progress.epoch === 1) return 'from the start'
  return `going on at epoch ${progress.epoch}: what was done is not done again`
}

function statusLine(progress: Progress, rate: number, { from, to }: ScreenOptions): string {
  const reached = progress.watermark ?? to
  const done = Math.max(0, (reached.getTime() - from.getTime()) / (to.getTime() - from.getTime()))
  const bar = '█'.repeat(Math.round(done * 30)).padEnd(30, '░')
  const day = reached.toISOString().slice(0, 10)
  const hours = progress.stateRows.toLocaleString('en')
  return `${day} ${bar} ${Math.round(done * 100)}%  ${Math.round(rate).toLocaleString('en')} flights/s  ${hours} open groups`
}

function endLine(rows: number, seconds: number, stopped: boolean): string {
  if (stopped) return `\nstopped after ${rows.toLocaleString('en')} flights: start again to go on`
  if (rows === 0) return 'everything was done already: delete flights-out to start over'
  return `\n${rows.toLocaleString('en')} flights in ${seconds.toFixed(1)} s`
}

function board(file: string): string {
  if (!existsSync(file)) return ''
  const rows = readFileSync(file, 'utf8')
    .trim()
    .split('\n')
    .filter(Boolean)
    .map(line => JSON.parse(line) as Busy)
  const head = ['day', 'airport', '', 'flights', 'mean delay']
  const cells = rows.map(row => [
    row.window.start.slice(0, 10),
    row.origin,
    row.name ?? '',
    String(row.flights),
    `${row.mean.toFixed(1)} min`,
  ])
  const widths = head.map((title, i) => Math.max(title.length, ...cells.map(row => (row[i] as string).length)))
  const show = (row: readonly string[]) =>
    row.map((cell, i) => (i < 3 ? cell.padEnd(widths[i] as number) : cell.padStart(widths[i] as number))).join('  ')
  return ['the ten busiest airports of the latest day', show(head), ...cells.map(show)].join('\n')
}
