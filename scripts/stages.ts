// The stages of `npm run check` and `npm test`: what each runs, run side by side, each with its time and its verdict.
// A stage that finds nothing to run says so; a stage that fails shows its output.

import { spawn } from 'node:child_process'
import { globSync, mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { availableParallelism } from 'node:os'
import { join, matchesGlob } from 'node:path'
import { fileURLToPath } from 'node:url'
import type { Counts, Summary } from './summary-reporter.ts'

export const root = fileURLToPath(new URL('..', import.meta.url))
const summaries = join(root, 'build/summary')

export interface Stage {
  readonly name: string
  /** Arguments of Node, or the test files (as patterns) of a test stage. */
  readonly args?: readonly string[]
  readonly tests?: readonly string[]
  /** Each file in a process of its own: it measures memory or time, or changes what a process has one of. */
  readonly alone?: true
}

export interface Result {
  readonly name: string
  readonly ok: boolean
  readonly seconds: number
  readonly counts: Counts
  readonly notes: readonly string[]
  readonly output: string
}

const biome = 'node_modules/@biomejs/biome/bin/biome'
const tsc = 'node_modules/typescript/bin/tsc'

const staticStages: readonly Stage[] = [
  // Incremental: the second run costs half the CPU of the first.
  { name: 'types', args: [tsc, '--noEmit', '--incremental', '--tsBuildInfoFile', 'build/types.tsbuildinfo'] },
  { name: 'format', args: [biome, 'ci', '--linter-enabled=false', '.'] },
  { name: 'lint', args: [biome, 'lint', '--error-on-warnings', '.'] },
]

/** Test stages by the files they own, the longest first; a file belongs to the first stage that names it, the rest is `unit`. */
const quickTests: readonly Stage[] = [
  { name: 'operators', tests: ['test/ops/**', 'test/table/**', 'test/integration/**'] },
  { name: 'laws', tests: ['test/laws/**'] },
  { name: 'doc examples', tests: ['test/docs.test.ts'] },
  {
    name: 'alone',
    tests: [
      'test/host/tier-up.test.ts',
      'test/hostile.test.ts',
      'test/runtime/leaks.test.ts',
      'test/testing/speed.test.ts',
    ],
    alone: true,
  },
  { name: 'type cases', tests: ['test/types/cases.test.ts', 'test/types/cost.test.ts'] },
  { name: 'examples', tests: ['test/examples.test.ts'] },
  { name: 'tidy', tests: ['test/tidy.test.ts'] },
]

/** What only `npm test` runs: whole processes that are installed, used and killed; thousands of answers of other engines; the largest statements. */
const longTests: readonly Stage[] = [
  { name: 'slow', tests: ['test/pack.test.ts', 'test/crash/**', 'test/**/*.slow.test.ts'], alone: true },
  {
    name: 'commands',
    tests: ['test/main-job.test.ts', 'test/cli/main.test.ts', 'test/cli/sql.test.ts', 'test/host/signals.test.ts'],
  },
  { name: 'everywhere', tests: ['test/testing/everywhere.test.ts', 'test/laws/turns.test.ts'] },
  {
    name: 'oracles',
    tests: ['postgres', 'changes', 'facts', 'random', 'nexmark', 'limits'].map(name => `test/sql/${name}.test.ts`),
  },
]

const testFiles = (): string[] =>
  globSync('test/**/*.test.ts', { cwd: root })
    .map(path => path.replaceAll('\\', '/'))
    .filter(path => !path.includes('/cases/'))
    .sort()

const owns = (stage: Stage, path: string): boolean => (stage.tests ?? []).some(pattern => matchesGlob(path, pattern))

/** The test stages with their files. */
function withFiles(stages: readonly Stage[], files: readonly string[]): Stage[] {
  const taken = new Set<string>()
  return stages.map(stage => {
    const own = files.filter(path => !taken.has(path) && owns(stage, path))
    for (const path of own) taken.add(path)
    return { ...stage, tests: own }
  })
}

/** What must hold before a change lands, in under two minutes. */
export function checkStages(): Stage[] {
  const quick = testStages().filter(({ name }) => !longTests.some(long => long.name === name))
  return [...staticStages, ...quick]
}

/** Every test there is; the longest stages first. */
export function testStages(files: readonly string[] = testFiles()): Stage[] {
  const named = withFiles([...longTests, ...quickTests], files)
  const rest = files.filter(path => !named.some(({ tests }) => tests?.includes(path)))
  return [{ name: 'unit', tests: rest }, ...named]
}

const summaryFile = (name: string): string => join(summaries, `${name.replaceAll(' ', '-')}.json`)

const concurrency = Math.max(1, availableParallelism() - 1)

// A test whose promise never settles keeps node:test waiting for ever unless there is a limit.
const limitMs = (stage: Stage): number => (longTests.some(({ name }) => name === stage.name) ? 10 : 2) * 60_000

const testArgs = (stage: Stage): string[] => [
  '--conditions=millrace-src',
  '--disable-warning=ExperimentalWarning',
  '--test',
  ...(stage.alone ? [`--test-concurrency=${concurrency}`] : ['--test-isolation=none']),
  `--test-timeout=${limitMs(stage)}`,
  '--test-reporter=spec',
  '--test-reporter-destination=stdout',
  `--test-reporter=${join(root, 'scripts/summary-reporter.ts')}`,
  `--test-reporter-destination=${summaryFile(stage.name)}`,
  ...(stage.tests ?? []),
]

const none: Counts = { passed: 0, failed: 0, skipped: 0 }

type Env = Readonly<Record<string, string>>

const capture = (args: readonly string[], also: Env): Promise<{ readonly code: number; readonly output: string }> =>
  new Promise(resolve => {
    const env = { ...process.env, NODE_COMPILE_CACHE: join(root, 'build/compile-cache'), NO_COLOR: '1', ...also }
    const child = spawn(process.execPath, args, { cwd: root, env, stdio: ['ignore', 'pipe', 'pipe'] })
    const chunks: Buffer[] = []
    child.stdout.on('data', chunk => chunks.push(chunk))
    child.stderr.on('data', chunk => chunks.push(chunk))
    child.on('error', error => resolve({ code: 1, output: String(error) }))
    child.on('close', code => resolve({ code: code ?? 1, output: Buffer.concat(chunks).toString() }))
  })

/** A test process that wrote no summary died: that is one failure, whatever its exit code. */
function readSummary(name: string): Summary {
  try {
    return JSON.parse(readFileSync(summaryFile(name), 'utf8')) as Summary
  } catch {
    return { counts: { ...none, failed: 1 }, notes: ['the test process ended without a summary'] }
  }
}

async function runStage(stage: Stage, env: Env): Promise<Result> {
  const started = performance.now()
  const base = { name: stage.name, seconds: 0, counts: none, notes: [], output: '' }
  if (stage.tests?.length === 0) return { ...base, ok: true, notes: ['no files'] }
  const { code, output } = await capture(stage.args ?? testArgs(stage), env)
  const { counts, notes } = stage.tests === undefined ? base : readSummary(stage.name)
  const seconds = (performance.now() - started) / 1000
  return { name: stage.name, ok: code === 0 && counts.failed === 0, seconds, counts, notes, output }
}

/** The spec reporter repeats what failed at its end; that part is enough. */
const failedPart = (output: string): string => output.slice(Math.max(0, output.indexOf('✖ failing tests:')))

function show({ name, ok, seconds, counts, notes, output }: Result): void {
  const tests = counts.passed + counts.failed > 0 ? `${counts.passed} passed, ${counts.failed} failed` : ''
  const skipped = counts.skipped > 0 ? `, ${counts.skipped} skipped` : ''
  const line = `${ok ? '✔' : '✖'} ${name.padEnd(13)} ${seconds.toFixed(1).padStart(6)} s  ${tests}${skipped}`
  process.stdout.write(`${line.trimEnd()}\n`)
  for (const note of notes) process.stdout.write(`    ${note.split('\n')[0]}\n`)
  if (!ok) process.stdout.write(`${failedPart(output).replace(/^/gm, '  │ ')}\n`)
}

/** Run stages, as many at a time as there are processors (at least two), in the order given. */
export async function runStages(stages: readonly Stage[], env: Env = {}): Promise<Result[]> {
  rmSync(summaries, { recursive: true, force: true })
  mkdirSync(summaries, { recursive: true })
  const waiting = [...stages]
  const results: Result[] = []
  const lane = async (): Promise<void> => {
    for (let stage = waiting.shift(); stage !== undefined; stage = waiting.shift()) {
      const result = await runStage(stage, env)
      show(result)
      results.push(result)
    }
  }
  await Promise.all(Array.from({ length: Math.max(2, availableParallelism()) }, lane))
  return results
}

/** Leave the totals where .ci/run finds them. */
export function writeTotals(file: string, totals: { readonly passed: number; readonly failed: number }): void {
  mkdirSync(join(root, 'build'), { recursive: true })
  writeFileSync(join(root, 'build', file), `${JSON.stringify(totals)}\n`)
}
