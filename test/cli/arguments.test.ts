import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import { commands, parse } from '../../src/cli/arguments.ts'
import { helpOf } from '../../src/cli/help.ts'
import { triggerOf } from '../../src/time/index.ts'

const words = (line: string): string[] => line.split(' ').filter(each => each !== '')

describe('the command line', () => {
  test('a command, its job, its flags', () => {
    const parsed = parse(['run', 'job.ts', '--once', '--only', 'a', '--only=b', '--trigger', '5 seconds'])
    assert.ok(parsed.kind === 'command')
    assert.equal(parsed.command.name, 'run')
    assert.equal(parsed.job, 'job.ts')
    assert.deepEqual(Object.fromEntries(parsed.flags), { once: [''], only: ['a', 'b'], trigger: ['5 seconds'] })
  })

  const asked: [line: string, kind: string][] = [
    ['--help', 'help'],
    ['-h', 'help'],
    ['help run', 'help'],
    ['run --help', 'help'],
    ['explain job.ts -h', 'help'],
    ['--version', 'version'],
    ['explain job.ts', 'command'],
  ]
  for (const [line, kind] of asked) test(`${line} is ${kind}`, () => assert.equal(parse(words(line)).kind, kind))

  const refused: [line: string, message: RegExp][] = [
    ['', /no command was given.*millrace run job\.ts/],
    ['rn job.ts', /'rn' is no command.*did you mean run\?/],
    ['job.ts', /'job\.ts' is no command.*millrace run job\.ts/],
    ['run', /no job was given/],
    ['run a.ts b.ts', /'b\.ts' is one job too many/],
    ['run job.ts --onec', /no flag --onec.*did you mean --once\?/],
    ['run job.ts --trigge x', /no flag --trigge.*did you mean --trigger\?/],
    ['run job.ts --zzz', /no flag --zzz. To fix: millrace run --help lists all/],
    ['run job.ts --once=yes', /--once takes no value/],
    ['run job.ts --dir', /--dir needs a value/],
    ['run job.ts --dir --once', /--dir needs a value/],
    ['run job.ts --dir a --dir b', /--dir is given twice/],
    ['explain job.ts --once', /explain has no flag --once/],
  ]
  for (const [line, message] of refused) {
    test(`refuses: ${line}`, () => assert.throws(() => parse(words(line)), { code: 'USAGE', message }))
  }

  test('help names every command and every flag, in lines that fit', () => {
    for (const command of commands) {
      const line = `millrace ${command.name} ${command.operand}`
      assert.ok(
        helpOf(undefined)
          .split('\n')
          .some(each => each.trim().startsWith(line) && each.endsWith(command.summary)),
      )
      for (const flag of command.flags) assert.ok(helpOf(command).includes(`  --${flag.name}`), flag.name)
    }
    const lines = [undefined, ...commands].flatMap(each => helpOf(each).split('\n'))
    assert.deepEqual(
      lines.filter(line => line.length > 120),
      [],
    )
  })
})

describe('--trigger', () => {
  const triggers: [text: string, trigger: object][] = [
    ['default', { kind: 'default' }],
    ['5 seconds', { kind: 'every', intervalMs: 5000 }],
    ['once', { kind: 'once' }],
    ['available-now', { kind: 'availableNow' }],
    ['continuous:1 second', { kind: 'continuous', intervalMs: 1000 }],
  ]
  for (const [text, trigger] of triggers) test(text, () => assert.deepEqual({ ...triggerOf(text) }, trigger))
  test('anything else is refused', () => assert.throws(() => triggerOf('now and then'), { code: 'BAD_DURATION' }))
})
