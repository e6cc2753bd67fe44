// Blocks are found where they are, with the flags they carry.

import assert from 'node:assert/strict'
import { test } from 'node:test'
import { exampleBlocks, markdownBlocks, programName, programOf } from '../../scripts/doc-blocks.ts'
import { sourceOf } from '../../scripts/tidy/source.ts'

const document = `# Title

\`\`\`ts
import { a } from 'millrace'
\`\`\`

\`\`\`sh
npm install
\`\`\`

\`\`\`ts continues
a()
\`\`\`

\`\`\`ts no-run
b()
\`\`\`
`

test('blocks of a document, joined where one continues the other', () => {
  assert.deepEqual(markdownBlocks('docs/a.md', document), [
    { path: 'docs/a.md', line: 4, code: `import { a } from 'millrace'\n${'\n'.repeat(7)}a()\n`, run: true },
    { path: 'docs/a.md', line: 16, code: 'b()\n', run: false },
  ])
})

test('a sketch is left alone in notes, and only there', () => {
  const text = '```ts sketch\na(…)\n```\n'
  assert.deepEqual(markdownBlocks('docs/notes/a.md', text), [])
  assert.equal(markdownBlocks('docs/a.md', text).length, 1)
})

test('lines keep their numbers', () => {
  const [first] = markdownBlocks('docs/a.md', document)
  const lines = programOf(first!, 'prelude').split('\n')
  assert.equal(lines[3], "import { a } from 'millrace'")
  assert.equal(lines[11], 'a()')
  assert.equal(programName(first!), 'docs/a.md.4.ts')
})

test('a block without import starts from the prelude', () => {
  const [, second] = markdownBlocks('docs/a.md', document)
  assert.equal(programOf(second!, 'const b = 1'), 'const b = 1\nb()\n\nexport {}\n')
})

const source = `
/**
 * Does it.
 *
 * @example
 * it(1)
 * @param x - what
 */
export const it = 1

/**
 * @example
 * Words first.
 * \`\`\`ts no-run
 * @decorated
 * two()
 * \`\`\`
 */
export const two = 2
// @example not a doc comment
`

test('examples in doc comments, with or without a fence', () => {
  assert.deepEqual(exampleBlocks(sourceOf('src/a.ts', source)), [
    { path: 'src/a.ts', line: 6, code: 'it(1)\n', run: true },
    { path: 'src/a.ts', line: 15, code: '@decorated\ntwo()\n', run: false },
  ])
})
