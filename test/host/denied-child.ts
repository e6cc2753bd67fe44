// Runs as a user who may not touch the folders it is given; prints the code of each refusal, for denied.test.ts.
import { dirname } from 'node:path'
import { MillraceError } from '../../src/base/index.ts'
import { textFiles } from '../../src/connectors/index.ts'
import { Memory } from '../../src/data/index.ts'
import { realDisk, realWorld } from '../../src/host/index.ts'
import { t } from '../../src/types/index.ts'

const [closed, readOnly] = process.argv.slice(2) as [string, string]
const disk = realDisk()
const world = realWorld()

const attempts: readonly (readonly [what: string, act: () => Promise<unknown>])[] = [
  ['read', () => disk.readAll(`${closed}/a.json`)],
  ['open', () => disk.open(`${closed}/a.json`)],
  ['open file', () => disk.open(`${readOnly}/secret.json`)],
  ['list', () => disk.list(closed)],
  ['folder', () => disk.glob(closed)],
  ['folder above', () => disk.glob(dirname(closed))],
  ['glob', () => disk.glob(`${closed}/*.json`)],
  ['write', () => disk.writeAtomic(`${readOnly}/new.json`, new Uint8Array(1))],
  ['append', () => disk.append(`${readOnly}/a.json`, 0)],
  ['rename', () => disk.rename(`${readOnly}/a.json`, `${readOnly}/b.json`)],
  ['remove', () => disk.remove(`${readOnly}/a.json`)],
  ['make folder', () => disk.makeFolder(`${readOnly}/sub/sub`)],
  ['lock', () => disk.lock(`${readOnly}/sub/lock`)],
  ['source', () => rowsOf(`${readOnly}/secret.json`)],
]
for (const [what, act] of attempts) console.log(`${what}: ${await outcome(act)}`)

async function outcome(act: () => Promise<unknown>): Promise<string> {
  try {
    await act()
    return 'done'
  } catch (error) {
    if (!(error instanceof MillraceError)) return `a bare ${String(error)}`
    const named = error.message.includes(dirname(closed))
    return `${error.code}${named ? '' : ' without its path'}`
  }
}

async function rowsOf(path: string): Promise<void> {
  const spec = textFiles(path, t.row({ a: t.int() }), { kind: 'json' })
  const source = await spec.open({
    memory: new Memory(),
    world,
    columns: ['a'],
    wake() {},
    badRow() {},
    signal: new AbortController().signal,
  })
  const range = await source.plan(null, { rows: 10 })
  for await (const _ of source.read(range as never));
}
