// Whole processes, in turn (A B A B …), medians: the machines are noisy, so a figure means something only beside
// another of the same run. A contestant is a script that prints one JSON line: a Result.
import { spawnSync } from 'node:child_process'
import { createHash } from 'node:crypto'
import { readFileSync } from 'node:fs'

export interface Result {
  /** From opening the input to holding the answer. */
  readonly seconds: number
  /** Of the process: user and system time until the answer was there, start-up included. */
  readonly cpuSeconds: number
  /** A digest of the answer: equal between contestants, or the figures mean nothing. */
  readonly answer: string
  /** Peak resident set, MB. */
  readonly peakMb: number
}

export interface Contestant {
  readonly name: string
  readonly script: URL
  readonly args: readonly string[]
}

/** Peak resident set of this process so far, MB (VmHWM where the system tells it). */
export function peakMb(): number {
  try {
    const match = /VmHWM:\s+(\d+)/.exec(readFileSync('/proc/self/status', 'utf8'))
    if (match !== null) return Math.round(Number(match[1]) / 1024)
  } catch {
    // not Linux: the other figure is all there is
  }
  return Math.round(process.resourceUsage().maxRSS / 1024)
}

/** What a contestant's script prints at its end. The answer is put into words when everything has been measured. */
export function report(seconds: number, answer: () => readonly string[]): void {
  const peak = peakMb()
  const { user, system } = process.cpuUsage()
  const result: Result = { seconds, cpuSeconds: (user + system) / 1e6, peakMb: peak, answer: digest(answer()) }
  process.stdout.write(`${JSON.stringify(result)}\n`)
}

/** A digest of a result as lines in any order. */
export function digest(lines: readonly string[]): string {
  const hash = createHash('sha256')
  for (const line of [...lines].sort()) hash.update(line).update('\n')
  return hash.digest('hex').slice(0, 16)
}

/** Run all contestants in turn, `rounds` times. */
export function compete(contestants: readonly Contestant[], rounds: number): Map<string, Result[]> {
  const results = new Map<string, Result[]>(contestants.map(each => [each.name, []]))
  for (let round = 0; round < rounds; round++) {
    for (const each of contestants) results.get(each.name)?.push(runOnce(each))
  }
  return results
}

/** Run one contestant in a process of its own, with the package as it is published (dist). */
export function runOnce(contestant: Contestant): Result {
  const options = [contestant.script.pathname, ...contestant.args]
  const done = spawnSync(process.execPath, options, { encoding: 'utf8', maxBuffer: 1 << 26 })
  if (done.status !== 0) throw new Error(`${contestant.name} failed:\n${done.stderr}`)
  return JSON.parse(done.stdout.trim().split('\n').at(-1) ?? '') as Result
}

export function median(values: readonly number[]): number {
  const sorted = [...values].sort((a, b) => a - b)
  const middle = sorted.length >> 1
  if (sorted.length % 2 === 1) return sorted[middle] as number
  return ((sorted[middle - 1] as number) + (sorted[middle] as number)) / 2
}

/** The median of the ratios pair by pair: how many times faster `fast` is than `slow`. */
export function ratio(slow: readonly Result[], fast: readonly Result[]): number {
  return median(slow.map((each, i) => each.seconds / (fast[i] as Result).seconds))
}
