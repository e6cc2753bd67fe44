// Every tidy check can fail: a small house that breaks it, what it says, and a house beside it that is fine.

import assert from 'node:assert/strict'
import { test } from 'node:test'
import { checks, judge } from '../../../scripts/tidy/index.ts'
import { found, house, type Plan } from './house.ts'

interface Case {
  readonly check: string
  readonly why: string
  readonly bad: Plan
  readonly says: readonly RegExp[]
  readonly good: Plan
}

const files = (...pairs: readonly (readonly [string, string])[]): Plan => ({ files: Object.fromEntries(pairs) })
const lines = (count: number, line: string): string => `${line}\n`.repeat(count)
// In pieces, so that the checks don't find their own fixtures.
const toDo = 'TO' + 'DO'

const cases: readonly Case[] = [
  {
    check: 'imports',
    why: 'a room looks down',
    bad: files(['src/base/a.ts', "import type { B } from '../plan/index.ts'"]),
    says: [/^src\/base\/a\.ts:1 base is above plan/],
    good: files(['src/plan/a.ts', "import type { B } from '../base/index.ts'"]),
  },
  {
    check: 'imports',
    why: 'a re-export and an import type count too',
    bad: files(['src/base/a.ts', "export * from '../plan/index.ts'\ntype P = import('../ops/index.ts').P"]),
    says: [/:1 base is above plan/, /:2 base is above ops/],
    good: files(['src/base/a.ts', "export * from './b.ts'"]),
  },
  {
    check: 'imports',
    why: 'a room is entered by its door',
    bad: files(['src/plan/a.ts', "import { b } from '../base/b.ts'"]),
    says: [/src\/base\/b\.ts is inside base: import src\/base\/index\.ts/],
    good: { files: { 'src/plan/a.ts': "import { b } from '../base/b.ts'" }, rooms: { doors: { base: ['b.ts'] } } },
  },
  {
    check: 'imports',
    why: 'ops never imports plan',
    bad: files(['src/ops/a.ts', "import type { Node } from '../plan/index.ts'"]),
    says: [/ops never imports plan/],
    good: files(['src/runtime/a.ts', "import type { Node } from '../plan/index.ts'"]),
  },
  {
    check: 'imports',
    why: 'a pure room takes nothing from Node',
    bad: files(['src/runtime/a.ts', "import { readFile } from 'node:fs'"]),
    says: [/runtime is pure: take node:fs through a port/],
    good: files(['src/host/a.ts', "import { readFile } from 'node:fs'"]),
  },
  {
    check: 'imports',
    why: 'the wiring is used by few',
    bad: files(['src/host/a.ts', "import { read } from '../index.ts'"]),
    says: [/src\/index\.ts is the wiring: only cli may use it/],
    good: files(['src/cli/a.ts', "import { read } from '../index.ts'"]),
  },
  {
    check: 'imports',
    why: 'a package has one address',
    bad: {
      files: { 'src/host/a.ts': "import x from '@s/p/sub'\nimport y from 'q'\nimport z from 'millrace'" },
      rooms: { packages: { '@s/p': 'src/host/b.ts' } },
    },
    says: [/@s\/p lives in src\/host\/b\.ts/, /q has no address/, /import the file, not the package/],
    good: { files: { 'src/host/b.ts': "import x from '@s/p/sub'" }, rooms: { packages: { '@s/p': 'src/host/b.ts' } } },
  },
  {
    check: 'knownRooms',
    why: 'a folder that is no room',
    bad: files(['src/utils/a.ts', 'export const a = 1']),
    says: [/src\/utils\/a\.ts:1 is in no room/],
    good: files(['src/index.ts', 'export {}']),
  },
  {
    check: 'addresses',
    why: 'package.json and the addresses differ',
    bad: { files: {}, manifest: { dependencies: { p: '1' } }, rooms: { packages: { q: 'src/host/q.ts' } } },
    says: [/dependency p has no address/, /q is not a dependency/, /src\/host\/q\.ts, does not exist/],
    good: {
      files: { 'src/host/p.ts': '' },
      manifest: { peerDependencies: { p: '1' } },
      rooms: { packages: { p: 'src/host/p.ts' } },
    },
  },
  {
    check: 'rootLoads',
    why: 'the root loads a package on the way',
    bad: files(['src/index.ts', "export * from './host/a.ts'"], ['src/host/a.ts', "import p from 'p'"]),
    says: [/src\/host\/a\.ts:1 importing millrace would load p/],
    good: files(['src/index.ts', "export * from './host/a.ts'"], ['src/host/a.ts', "const p = () => import('p')"]),
  },
  {
    check: 'cycles',
    why: 'two files need each other',
    bad: files(
      ['src/base/a.ts', "import { b } from './b.ts'"],
      ['src/base/b.ts', "import { a, type T } from './a.ts'"],
    ),
    says: [/imports itself: src\/base\/a\.ts → src\/base\/b\.ts → src\/base\/a\.ts/],
    good: files(['src/base/a.ts', "import { b } from './b.ts'"], ['src/base/b.ts', "import type { T } from './a.ts'"]),
  },
  {
    check: 'deadExports',
    why: 'an export that is only passed on',
    bad: files(['src/base/index.ts', "export * from './a.ts'"], ['src/base/a.ts', 'export const a = 1']),
    says: [/src\/base\/a\.ts:1 nobody imports a/],
    good: files(
      ['src/base/index.ts', "export { a as b } from './a.ts'"],
      ['src/base/a.ts', 'export const a = 1'],
      ['src/plan/p.ts', "import { b } from '../base/index.ts'"],
    ),
  },
  {
    check: 'deadExports',
    why: 'a public door keeps alive what it passes on, and the types of its signatures',
    bad: files(['src/index.ts', ''], ['src/base/a.ts', 'export interface T {}\nexport const f = (t: T): void => {}']),
    says: [/:1 nobody imports T/, /:2 nobody imports f/],
    good: files(
      ['src/index.ts', "export { f } from './base/a.ts'"],
      ['src/base/a.ts', 'export interface T {}\nexport const f = (t: T): void => {}'],
    ),
  },
  {
    check: 'deadFiles',
    why: 'a file nobody imports',
    bad: files(['src/base/a.ts', '']),
    says: [/src\/base\/a\.ts:1 nothing imports this file/],
    good: files(
      ['src/cli/main.ts', "const worker = new URL('../host/worker.ts', import.meta.url)"],
      ['src/host/worker.ts', ''],
    ),
  },
  {
    check: 'deadKernels',
    why: 'a kernel nobody calls',
    bad: files(['src/kernels/assembly/index.ts', "export { used, other } from './x'"], ['src/base/a.ts', 'k.used()']),
    says: [/no TypeScript calls the kernel other/],
    good: files(['src/kernels/assembly/index.ts', "export { used } from './x'"], ['src/base/a.ts', 'k.used()']),
  },
  {
    check: 'longFunctions',
    why: 'a function of 71 lines',
    bad: files(['src/base/a.ts', `function f() {\n${lines(69, 'g()')}}`]),
    says: [/src\/base\/a\.ts:1 f has 71 lines, the ceiling is 70/],
    good: files(['src/base/a.ts', `function f() {\n${lines(68, 'g()')}}`]),
  },
  {
    check: 'longFunctions',
    why: 'AssemblyScript is measured too',
    bad: files(['src/kernels/assembly/a.ts', `\n@inline\nexport function f(): void {\n${lines(69, '  g();')}}\n`]),
    says: [/src\/kernels\/assembly\/a\.ts:3 f has 71 lines/],
    good: files(['src/kernels/assembly/a.ts', `function f(): void { g(); }\n${lines(80, 'let a: i32 = 0;')}`]),
  },
  {
    check: 'longFiles',
    why: 'a file of 401 lines, or of 801 lines of prose',
    bad: files(
      ['src/base/a.ts', lines(401, 'f()')],
      ['src/base/b.ts', lines(801, '// prose')],
      ['src/base/c.ts', lines(401, '\n// p\nf()\nf()')],
    ),
    says: [/a\.ts:1 has 401 lines, the ceiling is 400/, /b\.ts:1 has 801 lines, the ceiling is 800/, /c\.ts/],
    good: {
      files: {
        'src/base/a.ts': lines(400, 'f()'),
        'src/base/b.ts': lines(700, '// p'),
        'src/base/l.ts': lines(900, '1'),
      },
      rooms: { long: { 'src/base/l.ts': 900 } },
    },
  },
  {
    check: 'anyTypes',
    why: 'any outside types',
    bad: files(['src/base/a.ts', 'const a = 1 as any\nlet b: Array<any>']),
    says: [/a\.ts:1 'any'/, /a\.ts:2 'any'/],
    good: files(['src/types/a.ts', 'let a: any'], ['src/base/b.ts', "const any = 'any'"]),
  },
  {
    check: 'silencedTypes',
    why: 'a type error is silenced',
    bad: files(['src/base/a.ts', '// @ts-' + 'expect-error because\nf()']),
    says: [/a\.ts:1 a type error is silenced/],
    good: files(['test/base/a.test.ts', '// @ts-' + 'expect-error because\nf()']),
  },
  {
    check: 'notesForLater',
    why: 'a note in a comment, a kernel or a document',
    bad: files(['src/base/a.ts', `// ${toDo}: x`], ['src/kernels/assembly/a.ts', `// ${toDo}`], ['docs/a.md', toDo]),
    says: [/src\/base\/a\.ts:1/, /assembly\/a\.ts:1/, /docs\/a\.md:1/],
    good: files(['src/base/a.ts', `const ${toDo} = 1`]),
  },
  {
    check: 'bannedCalls',
    why: 'clock, randomness and console, each with what to use instead',
    bad: files([
      'src/base/a.ts',
      'Date.now()\nnew Date()\nMath.random()\nperformance.now()\nconsole.log(1)\nprocess.env.X\nsetTimeout(f)\nnew Function(t)',
    ]),
    says: [
      /:1 Date\.now is banned here: use the Clock port/,
      /:2 new Date\(\)/,
      /:3 Math\.random is banned here: use the Random port/,
      /:4 performance/,
      /:5 console/,
      /:6 process/,
      /:7 setTimeout/,
      /:8 Function/,
    ],
    good: files(
      ['src/host/clock.ts', 'Date.now(); setTimeout(f); console.log(1)'],
      ['src/base/a.ts', 'new Date(0); Math.floor(1); table.process({ process: 1 }); clock.setTimeout()'],
      ['src/ops/a.ts', 'export function f(process: () => void, { console }: P) { process(); console.log() }'],
    ),
  },
  {
    check: 'bareError',
    why: 'an error that is not in the catalogue',
    bad: files(['src/plan/a.ts', "throw new Error('x')\nthrow TypeError('x')\nclass E extends Error {}"]),
    says: [/:1 an error outside the catalogue: use fail/, /:2/, /:3/],
    good: files(['src/base/errors.ts', 'export class E extends Error {}'], ['src/plan/a.ts', "fail('CODE', {})"]),
  },
  {
    check: 'untested',
    why: 'code without a test, a named test that is not there, a test that looks elsewhere',
    bad: {
      files: {
        'src/base/a.ts': 'export const a = 1',
        'src/base/b.ts': 'f()',
        'src/base/c.ts': 'f()',
        'test/base/c.test.ts': "import { x } from './x.ts'",
        'test/base/d.test.ts': "import { a } from '../../src/base/none.ts'",
      },
      rooms: { tests: { 'src/base/b.ts': 'test/base/none.test.ts' } },
    },
    says: [/a\.ts:1 has no test: write test\/base\/a\.test\.ts/, /none\.test\.ts, does not exist/, /imports neither/],
    good: {
      files: {
        'src/base/types.ts': 'export interface A {}\nexport type B = A\nexport type { C } from "./c.ts"',
        'src/base/index.ts': "export * from './types.ts'\nexport { d } from './d.ts'",
        'src/base/d.ts': 'export const d = 1',
        'test/base/d.test.ts': "import { d } from '../../src/base/d.ts'",
        'src/base/e.ts': 'export const e = 1',
        'test/base/all.test.ts': "import { e } from '../../src/base/all.ts'",
        'src/base/all.ts': "export * from './e.ts'",
        'src/plan/rules/one.ts': 'f()',
        'test/plan/rules.test.ts': "import { rules } from '../../src/plan/index.ts'",
      },
      rooms: { tests: { 'src/plan/rules/': 'test/plan/rules.test.ts' } },
    },
  },
  {
    check: 'twins',
    why: 'state without a twin',
    bad: files(
      ['src/ops/a.ts', "const op = { stores: ['groups'] as const }"],
      ['src/ops/b.ts', 'f({ stores: names })'],
    ),
    says: [
      /src\/ops\/a\.ts:1 a stateful operator without a twin: write src\/ops\/reference\/a\.ts/,
      /reference\/b\.ts/,
    ],
    good: files(
      ['src/ops/a.ts', "const op = { stores: ['groups'] }"],
      ['src/ops/reference/a.ts', ''],
      ['src/ops/b.ts', 'const op = { stores: [] as readonly string[] }'],
      ['src/ops/operator.ts', 'interface Operator { readonly stores: readonly string[] }'],
    ),
  },
  {
    check: 'machinePaths',
    why: 'a path of one machine',
    bad: files(['src/base/a.ts', `f('/${'home'}/me/x')`], ['docs/a.md', `see /${'tmp'}/x`]),
    says: [/src\/base\/a\.ts:1 a path of one machine/, /docs\/a\.md:1/],
    good: files(['src/base/a.ts', `f('../${'work'}/x')`], ['docs/a.md', 'https://example.org/home/x']),
  },
  {
    check: 'lockHosts',
    why: 'the lock names a registry',
    bad: files(['package-lock.json', '"resolved": "https://example.org/p.tgz"']),
    says: [/package-lock\.json:1 a registry address/],
    good: files(['package-lock.json', '"integrity": "sha512"']),
  },
  {
    check: 'links',
    why: 'a link to nowhere',
    bad: files(['docs/a.md', '[x](../none.md)']),
    says: [/docs\/a\.md:1 links to none\.md/],
    good: files(
      ['docs/a.md', '[x](b.md#part) [y](https://example.org) [z](../src/base/)'],
      ['docs/b.md', ''],
      ['src/base/a.ts', ''],
    ),
  },
  {
    check: 'lawTests',
    why: 'a law whose test is not there',
    bad: files(['docs/ARCHITECTURE.md', '| 1 | Split | `test/laws/split.test.ts` |']),
    says: [/names test\/laws\/split\.test\.ts/],
    good: files(
      ['docs/ARCHITECTURE.md', '`test/laws/split.test.ts`, `test/crash/`'],
      ['test/laws/split.test.ts', ''],
      ['test/crash/a.test.ts', ''],
    ),
  },
]

for (const { check: name, why, bad, says, good } of cases) {
  test(`${name}: ${why}`, () => {
    const check = checks[name] ?? assert.fail(`no check ${name}`)
    const findings = found(check, bad)
    assert.equal(findings.length, says.length, findings.join('\n'))
    for (const [index, pattern] of says.entries()) assert.match(findings[index] ?? '', pattern)
    assert.deepEqual(found(check, good), [])
  })
}

test('every check has a case', () => {
  assert.deepEqual([...new Set(cases.map(({ check }) => check))].sort(), Object.keys(checks).sort())
})

test('a budget tolerates so many and no more, and says when it can fall', () => {
  const check = checks.anyTypes ?? assert.fail()
  const verdict = (budget: number) =>
    judge(
      house({ files: { 'src/base/a.ts': 'let a: any' }, rooms: { budgets: { anyTypes: budget } } }),
      'anyTypes',
      check,
    )
  assert.equal(verdict(0).ok, false)
  assert.match(verdict(0).text, /^anyTypes: 1 found, 0 allowed\n {2}src\/base\/a\.ts:1/)
  assert.equal(verdict(1).ok, true)
  assert.match(verdict(2).text, /can fall to 1/)
})
