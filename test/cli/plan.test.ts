// `millrace plan` in this process: a job is run, changed, planned, confirmed.
import assert from 'node:assert/strict'
import { EventEmitter } from 'node:events'
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { Writable } from 'node:stream'
import { after, before, test } from 'node:test'
import { parse } from '../../src/cli/arguments.ts'
import type { Io } from '../../src/cli/io.ts'
import { planCommand } from '../../src/cli/plan.ts'
import { runCommand } from '../../src/cli/run.ts'
import { realWorld } from '../../src/host/index.ts'

const build = join(import.meta.dirname, '../../build')
let folder = ''

const job = (body: string): string => `import { read, t, write } from 'millrace'
  const rows = read.json('rows.jsonl', { schema: t.row({ k: t.string(), n: t.int() }) })
  const counts = rows.groupBy('k').agg(g => ({ n: g.count() }))
  ${body}
  export const shown = counts`

const jobs = {
  'first.ts': job("export const out = counts.to(write.memory('counts'), { mode: 'update' })"),
  'same.ts': job("export const out = counts.to(write.memory('counts'), { mode: 'retract' })"),
  'more.ts': job(`export const out = [
    counts.to(write.memory('counts'), { mode: 'update' }),
    rows.groupBy('n').agg(g => ({ rows: g.count() })).to(write.memory('more'), { mode: 'update' }),
  ]`),
  'folder.ts': job("export const out = rows.where(r => r.n.gt(1)).to(write.json('out'))"),
  'grouped.ts': job("export const out = rows.select(r => ({ k: r.k })).distinct().to(write.json('out'))"),
}

before(() => {
  mkdirSync(build, { recursive: true })
  folder = mkdtempSync(join(build, 'plan-'))
  writeFileSync(join(folder, 'rows.jsonl'), '{"k":"a","n":1}\n{"k":"b","n":2}\n')
  for (const [name, text] of Object.entries(jobs)) writeFileSync(join(folder, name), text)
})
after(() => rmSync(folder, { recursive: true, force: true }))

async function command(line: string): Promise<{ readonly code: number; readonly out: string }> {
  const texts: string[] = []
  const stdout = new Writable({
    write: (chunk, _encoding, done) => {
      texts.push(String(chunk))
      done()
    },
  })
  const io: Io = {
    world: realWorld(folder),
    stdout,
    stderr: { isTTY: false, columns: 80, write: text => texts.push(text) },
    signals: new EventEmitter(),
    scratch: join(folder, 'scratch'),
    exit: () => {},
  }
  const parsed = parse(line.split(' '))
  assert.ok(parsed.kind === 'command')
  const file = join(folder, parsed.job)
  const code = await (parsed.command.name === 'plan' ? planCommand : runCommand)(file, parsed.flags, io)
  return { code, out: texts.join('') }
}

test('a job that was never run, one that is the same, one that changed; and the way to go on', async () => {
  const fresh = await command('plan first.ts --dir m')
  assert.equal(fresh.code, 0)
  assert.match(
    fresh.out,
    /== out ==\nnothing is saved in m: it starts from the beginning\n\n== shown ==\na table that is/,
  )
  assert.equal((await command('run first.ts --dir m --once --only out --quiet')).code, 0)

  const same = await command('plan same.ts --dir m --only out')
  assert.equal(same.code, 0)
  assert.match(same.out, / {2}= aggregate by k: n = count\(\) +its state is kept\n/)
  assert.match(same.out, /\nit goes on where it was\n/)

  const more = await command('plan more.ts --dir m --only out')
  assert.equal(more.code, 3)
  assert.match(more.out, / {2}\+ aggregate by n: rows = count\(\) +computed from the beginning\n/)
  const number = /confirm: '([0-9a-f]{8})'/.exec(more.out)?.[1]

  const refused = command('run more.ts --dir m --once --only out --quiet')
  await assert.rejects(refused, /QUERY_CHANGED/)
  assert.equal((await command(`run more.ts --dir m --once --only out --quiet --confirm ${number}`)).code, 0)
  const done = await command('plan more.ts --dir m --only out')
  assert.match(done.out, /it goes on where it was/)
})

test('a folder that holds rows of another table is not appended to', async () => {
  await command('run folder.ts --dir f --once --only out --quiet')
  const planned = await command('plan grouped.ts --dir f --only out')
  assert.equal(planned.code, 3)
  assert.match(
    planned.out,
    /the sink json files out can not be brought up to date \(it holds rows of the query as it was/,
  )
  assert.match(planned.out, /another folder/)
  await assert.rejects(
    command('run grouped.ts --dir f --once --only out --quiet --on-change backfill'),
    /BACKFILL_REFUSED/,
  )
})

test('--on-change takes what it knows', async () => {
  await assert.rejects(command('run first.ts --on-change now'), /--on-change now is not known.*ask, backfill, reject/)
})
