// Every cell of docs/modes.md, against the checks that refuse a run; and the page against the table. After a change
// of the table: MILLRACE_UPDATE=1 writes the page.
import assert from 'node:assert/strict'
import { readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { test } from 'node:test'
import { catalogue, MillraceError } from '../../src/base/index.ts'
import { checkRun, outputOf, properties } from '../../src/plan/index.ts'
import { sinkSpec } from '../table/support.ts'
import { modes, type Query, queries } from './matrix.ts'

const page = join(import.meta.dirname, '../../docs/modes.md')

/** What the engine says: 'runs' or the code of the refusal. */
function answer(query: Query, mode: (typeof modes)[number], unbounded = false): string {
  const node = query.plan()
  const key = query.name.includes('with a key') ? ['carrier'] : undefined
  try {
    checkRun([outputOf(node, sinkSpec([mode], key), { mode, unbounded })], { endless: !properties(node).bounded })
    return 'runs'
  } catch (error) {
    return error instanceof MillraceError ? error.code : String(error)
  }
}

for (const query of queries)
  for (const [i, mode] of modes.entries())
    test(`${query.name}, ${mode}: ${query.cells[i]}`, () => assert.equal(answer(query, mode), query.cells[i]))

/** What the author may ask for all the same. */
const liftable: readonly string[] = ['UNBOUNDED_STATE', 'JOIN_UNBOUNDED', 'COMPLETE_UNBOUNDED']

for (const query of queries.filter(
  each => each.cells.some(cell => liftable.includes(cell)) && !each.cells.includes('SORT_UNBOUNDED'),
))
  test(`${query.name}: { unbounded: true } lifts what only grows`, () =>
    assert.deepEqual(
      modes.filter((mode, i) => liftable.includes(query.cells[i] as string) && answer(query, mode, true) !== 'runs'),
      [],
    ))

test('docs/modes.md is this table', () => {
  const expected = pageText()
  if (process.env['MILLRACE_UPDATE'] === '1') writeFileSync(page, expected)
  assert.equal(readFileSync(page, 'utf8'), expected)
})

function pageText(): string {
  const rows = queries.map(({ name, cells, spark, note }) => {
    const theirs =
      spark === undefined
        ? '–'
        : modes
            .slice(0, 3)
            .filter((_, i) => spark[i])
            .join(', ') || 'none'
    return `| ${name} | ${cells.map(cell => (cell === 'runs' ? 'runs' : `\`${cell}\``)).join(' | ')} | ${theirs} | ${note} |`
  })
  const codes = [...new Set(queries.flatMap(each => each.cells))].filter(each => each !== 'runs').sort()
  return `${[INTRODUCTION, HEAD, ...rows].join('\n')}\n\n${REASONS}\n${codes.map(reason).join('\n')}\n\n${CLOSING}\n`
}

function reason(code: string): string {
  const { what, fix } = catalogue[code as keyof typeof catalogue]
  return `| \`${code}\` | ${what.replaceAll('|', '\\|')} | ${fix.replaceAll('|', '\\|')} |`
}

const INTRODUCTION = `# What runs in which mode

<!-- Written by test/plan/modes.test.ts from test/plan/matrix.ts: change the table there. -->

A result is a table; a mode is how its changes are written. **append**: rows only come. **update**: the new row of a key,
or that the key is gone. **complete**: the whole table each time. **retract**: the old row out, the new row in. What can't
work is refused before anything runs, with a stable code, the reason and the fix. The inputs here never end, unless a line
says otherwise: over inputs that end everything fits into memory or it doesn't, and nothing is refused for its size. The
last columns compare with Spark 4.3, measured with the same queries.
`
const HEAD =
  '| query | append | update | complete | retract | Spark runs it in | remarks |\n|---|---|---|---|---|---|---|'
const REASONS = '## The refusals\n\n`{…}` is filled in.\n\n| code | what | what to do |\n|---|---|---|'
const CLOSING = `## Other refusals before a run

- \`MODE_NOT_TAKEN\`: the sink does not take the mode. \`KEY_NOT_UNIQUE\`: the key of the sink does not tell the rows of the table apart.
- \`WINDOW_WITHOUT_TIME\`, \`FINAL_WITHOUT_WINDOW\`: when the query is built; the types say it before.
- Without a mode an output takes \`append\` if rows only come, else \`update\`, \`retract\`, \`complete\`: the first that the sink takes and the table allows.
- Triggers restrict nothing: under \`continuous\` every operator passes its changes on at once.`
