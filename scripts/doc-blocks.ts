// The code in documents is code: every ```ts block of README.md and docs/, and every @example in src/, is a program.
//
//   ```ts             compiled and run (in an empty folder that holds a copy of test/docs/files)
//   ```ts continues   appended to the block before it; both are one program
//   ```ts no-run      compiled only
//   ```ts sketch      a shape, not a program: left alone, and allowed only in docs/notes/
//
// A program without an import starts from test/docs/prelude.ts, so that an @example can be two lines long. Lines keep
// their numbers where that is possible: a program without prelude is padded so that errors point into the document.

import type { Source } from './tidy/source.ts'

export interface Block {
  /** The document or source file, from the root. */
  readonly path: string
  /** Of the first line of code. */
  readonly line: number
  readonly code: string
  readonly run: boolean
}

const fence = /^(\s*)(`{3,})([^`]*)$/

interface Fenced extends Block {
  readonly continues: boolean
}

/** The TypeScript blocks in Markdown text whose first line has number `firstLine` in `path`. */
function fencedBlocks(path: string, text: string, firstLine: number): Fenced[] {
  const blocks: Fenced[] = []
  let open:
    | { readonly ticks: string; readonly info: string; readonly line: number; readonly code: string[] }
    | undefined
  for (const [index, line] of text.split('\n').entries()) {
    const [, , ticks = '', info = ''] = fence.exec(line) ?? []
    if (open === undefined && ticks !== '') open = { ticks, info: info.trim(), line: firstLine + index + 1, code: [] }
    else if (open !== undefined && ticks === open.ticks && info.trim() === '') {
      blocks.push(...blockOf(path, open))
      open = undefined
    } else open?.code.push(line)
  }
  return blocks
}

function blockOf(
  path: string,
  open: { readonly info: string; readonly line: number; readonly code: readonly string[] },
): Fenced[] {
  const [language, ...flags] = open.info.split(/\s+/)
  if (language !== 'ts' && language !== 'typescript') return []
  if (flags.includes('sketch') && path.startsWith('docs/notes/')) return []
  const code = `${open.code.join('\n')}\n`
  return [{ path, line: open.line, code, run: !flags.includes('no-run'), continues: flags.includes('continues') }]
}

/** Append each continuing block to the one before it. */
function joined(blocks: readonly Fenced[]): Block[] {
  const programs: Block[] = []
  for (const { continues, ...block } of blocks) {
    const last = programs.at(-1)
    if (!continues || last === undefined) {
      programs.push(block)
      continue
    }
    const gap = '\n'.repeat(Math.max(0, block.line - last.line - last.code.split('\n').length + 1))
    programs[programs.length - 1] = { ...last, code: last.code + gap + block.code, run: last.run && block.run }
  }
  return programs
}

/** The programs in a Markdown document. */
export const markdownBlocks = (path: string, text: string): Block[] => joined(fencedBlocks(path, text, 1))

const exampleTag = /^@example\b/
const otherTag = /^@\w/

/** The texts after `@example` in one doc comment, with the line each starts on. */
function exampleTexts(comment: string, firstLine: number): { readonly line: number; readonly text: string }[] {
  const lines = comment.split('\n').map(line => line.replace(/^\s*\* ?/, ''))
  const examples: { line: number; text: string }[] = []
  let inside = false
  for (const [index, line] of lines.entries()) {
    if (exampleTag.test(line)) {
      inside = true
      examples.push({ line: firstLine + index + 1, text: '' })
    } else if (otherTag.test(line) && !isOpen(examples.at(-1)?.text ?? '')) inside = false
    else if (inside) examples[examples.length - 1]!.text += `${line}\n`
  }
  return examples
}

/** True inside a fence: an `@` there is code. */
const isOpen = (text: string): boolean => (text.match(/^```/gm)?.length ?? 0) % 2 === 1

/** The programs in the doc comments of a source file. An example needs no fence; with one it may say no-run. */
export const exampleBlocks = (source: Source): Block[] =>
  source.comments
    .filter(({ text }) => text.startsWith('*'))
    .flatMap(({ text, line }) => exampleTexts(text, line))
    .flatMap(({ text, line }) =>
      text.includes('```')
        ? joined(fencedBlocks(source.path, text, line))
        : [{ path: source.path, line, code: text, run: true }],
    )

const imports = /^\s*import\b/m

/** The file a block becomes. `export {}` makes it a module even when it imports nothing. */
export function programOf(block: Block, prelude: string): string {
  if (!imports.test(block.code) && prelude !== '') return `${prelude}\n${block.code}\nexport {}\n`
  return `${'\n'.repeat(block.line - 1)}${block.code}\nexport {}\n`
}

/** `docs/notes/api.md`, line 12 → `docs/notes/api.md.12.ts`. */
export const programName = ({ path, line }: Block): string => `${path}.${line}.ts`
