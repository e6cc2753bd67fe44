// Callers without types may give anything anywhere: each public function, called with values of every sort, works or
// fails with a MillraceError (a code, and what to do), never with a TypeError from inside.
import assert from 'node:assert/strict'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { after, test } from 'node:test'
import * as api from 'millrace'
import { MillraceError, millrace, read, t, write } from 'millrace'
import { depth } from './support/depth.ts'

const folder = mkdtempSync(join(tmpdir(), 'millrace-hostile-'))
process.chdir(folder)
after(() => {
  process.chdir(tmpdir())
  rmSync(folder, { recursive: true, force: true })
})

const Row = t.row({
  id: t.int(),
  at: t.timestamp(),
  name: t.string().nullable(),
  extra: t.json(),
  yes: t.boolean(),
  on: t.date(),
  raw: t.binary(),
  big: t.bigint(),
})
const rows = [
  { id: 1, at: new Date(0), name: 'a', extra: { n: 1 }, yes: true, on: new Date(0), raw: new Uint8Array(), big: 1n },
]
const table = () => read.from(rows, { schema: Row, time: 'at' })

/** One value of every sort that a mistake may bring. */
const junk: readonly (readonly [string, unknown])[] = [
  ['undefined', undefined],
  ['null', null],
  ['true', true],
  ['5', 5],
  ['NaN', Number.NaN],
  ['-1', -1],
  ['5n', 5n],
  ["''", ''],
  ["'id'", 'id'],
  ["'__proto__'", '__proto__'],
  ['a symbol', Symbol('x')],
  ['[]', []],
  ['[null]', [null]],
  ['{}', {}],
  ['{ a: null }', { a: null }],
  ['a bare object', Object.create(null)],
  ['new Date(NaN)', new Date(Number.NaN)],
  ['() => undefined', () => undefined],
  ['() => null', () => null],
  ['x => x', (x: unknown) => x],
  ['() => 5', () => 5],
  ["() => ({ a: Symbol('x') })", () => ({ a: Symbol('x') })],
  ['() => ({ a: undefined })', () => ({ a: undefined })],
  ['() => ({})', () => ({})],
  ['async () => ({})', async () => ({})],
  ['() => [null]', () => [null]],
]

/** What stands beside it. */
const besides = [junk[1], junk[3], junk[13], junk[17]].slice(0, depth(4)) as typeof junk

type Cols = { readonly id: api.NumExpr }
type Any = (...args: unknown[]) => unknown

/** What went wrong that should not: undefined when the call works or fails as it should. */
async function fault(label: string, call: () => unknown): Promise<string | undefined> {
  try {
    const made = call()
    if (made !== null && typeof made === 'object' && 'then' in made) await made
    return undefined
  } catch (error) {
    if (error instanceof MillraceError)
      return /\{\w+\}|To fix: \.$/.test(error.message) ? `${label}: ${error.message}` : undefined
    const first = (error as Error)?.stack
      ?.split('\n')
      .find(line => line.includes('/src/'))
      ?.trim()
    return `${label}: ${String(error)} ${first ?? ''}`
  }
}

/** Each sort of value alone, and beside others. */
async function faultsOf(name: string, call: (args: readonly unknown[]) => unknown): Promise<string[]> {
  const found: (string | undefined)[] = [await fault(`${name}()`, () => call([]))]
  for (const [label, value] of junk) {
    found.push(await fault(`${name}(${label})`, () => call([value])))
    for (const [beside, other] of besides) {
      found.push(await fault(`${name}(${label}, ${beside})`, () => call([value, other])))
      found.push(await fault(`${name}(${beside}, ${label})`, () => call([other, value])))
    }
  }
  return found.filter(each => each !== undefined)
}

const callsOf = (owner: object, names: readonly string[]) =>
  names.map(
    name => [name, (args: readonly unknown[]) => ((owner as Record<string, Any>)[name] as Any)(...args)] as const,
  )

/** One finding per place. */
const places = (found: readonly string[]): string[] => [
  ...new Map(found.map(each => [each.slice(each.indexOf('): ') + 3), each])).values(),
]

const methodsOf = (made: object): string[] => {
  const names = new Set<string>()
  for (let at = made; at !== null && at !== Object.prototype; at = Object.getPrototypeOf(at))
    for (const name of Object.getOwnPropertyNames(at))
      if (typeof Object.getOwnPropertyDescriptor(at, name)?.value === 'function') names.add(name)
  return [...names].filter(name => name !== 'constructor' && name !== 'toJSON')
}

const suites: Record<string, readonly (readonly [string, (args: readonly unknown[]) => unknown])[]> = {
  't.*': callsOf(t, Object.keys(t)),
  'read.*': callsOf(read, Object.keys(read)),
  'read.* with a schema': Object.keys(read)
    .filter(name => !['text', 'socket', 'rate'].includes(name))
    .flatMap(name =>
      [
        'time',
        'lateBy',
        'idleAfter',
        'until',
        'onBadRow',
        'maxBad',
        'poll',
        'delimiter',
        'maxAge',
        'partitions',
        'highWater',
        'schema',
      ].map(
        option =>
          [
            `${name} { ${option} }`,
            ([value]: readonly unknown[]) =>
              ((read as unknown as Record<string, Any>)[name] as Any)(
                name === 'memory' ? Row : name === 'from' ? rows : 'none.jsonl',
                { schema: Row, [option]: value },
              ),
          ] as const,
      ),
    ),
  'write.*': callsOf(write, Object.keys(write)),
  helpers: callsOf(api, [
    'and',
    'or',
    'not',
    'lit',
    'when',
    'coalesce',
    'concat',
    'describePosition',
    'micros',
    'infer',
  ]),
  'when(…).otherwise': callsOf(api.when(true as never, 5), ['when', 'otherwise']),
  triggers: callsOf(api, ['every', 'once', 'availableNow', 'continuous']),
  tables: ['changes', ...methodsOf(table())]
    .filter(name => !['made', 'same', 'aggregated', 'ranked', 'tables', 'changes'].includes(name))
    .map(
      name =>
        [
          name,
          (args: readonly unknown[]) => ((table() as unknown as Record<string, Any>)[name] as Any)(...args),
        ] as const,
    ),
  'tables in windows': ['groupBy', 'agg', 'final'].map(
    name =>
      [
        name,
        (args: readonly unknown[]) =>
          (
            (
              (name === 'final'
                ? table()
                    .window({ tumbling: '1 hour' })
                    .groupBy('id')
                    .agg(g => ({ n: g.count() }))
                : table().window({ tumbling: '1 hour' })) as unknown as Record<string, Any>
            )[name] as Any
          )(...args),
      ] as const,
  ),
  'window options': ['tumbling', 'sliding', 'every', 'accept', 'offset'].map(
    option =>
      [
        option,
        ([value]: readonly unknown[]) => table().window({ tumbling: '1 hour', [option]: value } as never),
      ] as const,
  ),
  'join options': ['on', 'type', 'select'].map(
    option =>
      [
        option,
        ([value]: readonly unknown[]) =>
          table().join(
            table().select(r => ({ id: r.id })),
            { on: (a: Cols, b: Cols) => a.id.eq(b.id), [option]: value } as never,
          ),
      ] as const,
  ),
  'grouped tables': [['agg', (args: readonly unknown[]) => (table().groupBy('id').agg as Any)(...args)]],
  aggregates: (() => {
    const names: string[] = []
    table()
      .groupBy('id')
      .agg(g => {
        names.push(...Object.keys(g.id))
        return { n: g.count() }
      })
    return [...names, 'filter'].map(
      name =>
        [
          name,
          (args: readonly unknown[]) =>
            table()
              .groupBy('yes')
              .agg(
                g =>
                  ({
                    x:
                      name === 'filter'
                        ? (g.count().filter as Any)(...args)
                        : ((g.id as unknown as Record<string, Any>)[name] as Any)(...args),
                  }) as never,
              ),
        ] as const,
    )
  })(),
  ...Object.fromEntries(
    (['id', 'name', 'at', 'extra', 'yes', 'on', 'raw', 'big'] as const).map(column => {
      let names: string[] = []
      table().select(r => {
        names = methodsOf(r[column])
        return { id: r.id }
      })
      return [
        `methods of ${column}`,
        names.map(
          name =>
            [
              name,
              (args: readonly unknown[]) =>
                table().select(
                  r => ({ x: ((r[column] as unknown as Record<string, Any>)[name] as Any)(...args) }) as never,
                ).schema,
            ] as const,
        ),
      ]
    }),
  ),
  'operands of plan time': [
    ['where', ([value]) => table().where(r => r.id.eq(value as never))],
    ['orderBy', ([value]) => table().orderBy(() => value as never)],
    ['orderBy options', ([value]) => table().orderBy(r => r.id.desc(value as never))],
    ['select', ([value]) => table().select(() => ({ x: value as never }))],
    ['withColumn', ([value]) => table().withColumn(value as never, r => r.id)],
    ['limit', ([value]) => table().limit(1, { offset: value as never })],
    ['rename', ([value]) => table().rename({ id: value as never })],
    ['to', ([value]) => table().to(write.memory(), { mode: value as never })],
  ],
}

for (const [suite, calls] of Object.entries(suites))
  test(`hostile: ${suite}`, { timeout: 20_000 }, async () => {
    const found: string[] = []
    for (const [name, call] of calls) found.push(...(await faultsOf(name, call)))
    assert.deepEqual(places(found), [])
  })

test('hostile: engines and runs', { timeout: 20_000 }, async () => {
  const found: string[] = []
  for (const [label, value] of junk) {
    found.push(
      ...[await fault(`millrace(${label})`, async () => (await millrace(value as never)).close())].filter(
        each => each !== undefined,
      ),
    )
    for (const option of ['dir', 'memory'])
      found.push(
        ...[
          await fault(`millrace({ ${option}: ${label} })`, async () =>
            (await millrace({ [option]: value } as never)).close(),
          ),
        ].filter(each => each !== undefined),
      )
  }
  await using m = await millrace()
  let id = 0
  for (const [label, value] of junk) {
    const run = async (args: readonly unknown[]) => {
      const made = await (m.run as unknown as (...args: unknown[]) => Promise<api.Run>).apply(m, [...args])
      await made.stop()
    }
    found.push(
      ...[await fault(`run(${label})`, () => run([value, table().to(write.memory())]))].filter(
        each => each !== undefined,
      ),
    )
    id++
    found.push(...[await fault(`run(id, ${label})`, () => run([`a${id}`, value]))].filter(each => each !== undefined))
    found.push(
      ...[await fault(`run(id, out, ${label})`, () => run([`b${id}`, table().to(write.memory()), value]))].filter(
        each => each !== undefined,
      ),
    )
    for (const option of ['trigger', 'until', 'epochRows', 'signal', 'name'])
      found.push(
        ...[
          await fault(`run { ${option}: ${label} }`, () =>
            run([`c${id}${option}`, table().to(write.memory()), { [option]: value }]),
          ),
        ].filter(each => each !== undefined),
      )
    found.push(
      ...[
        await fault(`changes(${label})`, async () =>
          table()
            .changes(value as never)
            .return?.(),
        ),
      ].filter(each => each !== undefined),
    )
    found.push(
      ...[
        await fault(`changes({ signal: ${label} })`, async () =>
          table()
            .changes({ signal: value } as never)
            .return?.(),
        ),
      ].filter(each => each !== undefined),
    )
  }
  assert.deepEqual(places(found), [])
})
