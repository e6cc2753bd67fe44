// The program that is killed: reads JSON lines, writes a filtered copy and final windows, exactly once.
// CRASH_AT=k kills it in the middle of the k-th step that changes the disk.
import type { Disk, WriteHandle } from '../../src/base/index.ts'
import { readers, write } from '../../src/connectors/index.ts'
import { realWorld } from '../../src/host/index.ts'
import { engineOf, sessionOf } from '../../src/runtime/index.ts'
import { availableNow } from '../../src/time/index.ts'
import { t } from '../../src/types/index.ts'

let steps = 0
const crashAt = Number(process.env.CRASH_AT ?? 0)

/** SIGKILL is no exception: nothing is unwound, nothing is flushed, no handler runs. */
function step(): boolean {
  return ++steps === crashAt
}
const die = (): boolean => process.kill(process.pid, 'SIGKILL')

function mortal(disk: Disk): Disk {
  const dying = <A extends unknown[], R>(act: (...args: A) => Promise<R>) => {
    return async (...args: A): Promise<R> => {
      if (step()) die()
      return act(...args)
    }
  }
  return {
    ...disk,
    open: path => disk.open(path),
    append: async (path, at) => mortalHandle(await dying(disk.append.bind(disk))(path, at)),
    readAll: path => disk.readAll(path),
    writeAtomic: dying(disk.writeAtomic.bind(disk)),
    rename: dying(disk.rename.bind(disk)),
    remove: dying(disk.remove.bind(disk)),
    exists: path => disk.exists(path),
    info: path => disk.info(path),
    list: folder => disk.list(folder),
    glob: pattern => disk.glob(pattern),
    makeFolder: path => disk.makeFolder(path),
    lock: path => disk.lock(path),
  }
}

function mortalHandle(handle: WriteHandle): WriteHandle {
  return {
    path: handle.path,
    async write(bytes) {
      if (step()) {
        await handle.write(bytes.subarray(0, bytes.length >>> 1))
        die()
      }
      await handle.write(bytes)
    },
    async sync() {
      if (step()) die()
      await handle.sync()
    },
    async truncate(bytes) {
      if (step()) die()
      await handle.truncate(bytes)
    },
    close: () => handle.close(),
  }
}

const real = realWorld(process.cwd())
const world = { ...real, disk: mortal(real.disk) }
const read = readers(sessionOf(world))
const Event = t.row({ at: t.timestamp(), key: t.string(), n: t.int() })
const events = read.json('in/*.jsonl', { schema: Event, time: 'at', lateBy: '1 minute', idleAfter: 'never' })
const finals = events
  .window({ tumbling: '5 minutes' })
  .groupBy('key')
  .agg(g => ({ n: g.count(), sum: g.n.sum() }))
  .final()
const engine = engineOf(world, { dir: 'm', memory: '64 MB' })
const run = await engine.run(
  'q',
  [events.where(e => e.n.gt(2)).to(write.json('out/rows')), finals.to(write.json('out/windows'))],
  { trigger: availableNow(), epochRows: 40 },
)
await run.done
process.stdout.write(`steps ${steps}\n`)
