// Big functions never read well; big files are forgiven when they are prose.

import { assemblyTexts, type Check, type House } from './house.ts'
import { type Finding, lineOf, type Node, nameOf, nodes, type Source } from './source.ts'

const functionLinesMax = 70
const fileLinesMax = 400
const proseLinesMax = 800
/** The share of comment lines from which a file counts as prose. */
const proseShare = 0.4

const functionTypes = [
  'FunctionDeclaration',
  'FunctionExpression',
  'ArrowFunctionExpression',
  'ClassMethod',
  'ObjectMethod',
  'ClassPrivateMethod',
]

const inScope = (path: string): boolean => /^(?:src|scripts)\//.test(path) && !path.includes('.generated.')

const functionName = (node: Node): string => nameOf(node.id ?? node.key ?? {}) || 'a function'

const tooLong = (path: string, line: number, name: string, lines: number): Finding[] =>
  lines <= functionLinesMax
    ? []
    : [{ path, line, what: `${name} has ${lines} lines, the ceiling is ${functionLinesMax}` }]

const longInTree = (source: Source): Finding[] =>
  [...nodes(source.body)]
    .filter(node => functionTypes.includes(node.type))
    .flatMap(node => tooLong(source.path, lineOf(node), functionName(node), node.loc.end.line - lineOf(node) + 1))

/** AssemblyScript has only functions at the left margin: each ends at the first closing brace there. */
function longInText(path: string, text: string): Finding[] {
  const lines = text.split('\n')
  const findings: Finding[] = []
  let open: { readonly line: number; readonly name: string } | undefined
  for (const [index, line] of lines.entries()) {
    const name = /^(?:export )?function (\w+)/.exec(line)?.[1]
    if (name !== undefined) open = { line: index + 1, name }
    if (open === undefined || !(line.startsWith('}') || /^(?:export )?function .*\}$/.test(line))) continue
    findings.push(...tooLong(path, open.line, open.name, index + 2 - open.line))
    open = undefined
  }
  return findings
}

export const longFunctions: Check = house => [
  ...house.sources.filter(({ path }) => inScope(path)).flatMap(longInTree),
  ...assemblyTexts(house).flatMap(([path, text]) => longInText(path, text)),
]

const isComment = (line: string): boolean => /^\s*(?:\/\/|\/?\*)/.test(line)

function ceiling(house: House, path: string, lines: readonly string[]): number {
  const written = lines.filter(line => line.trim() !== '')
  const prose = written.filter(isComment).length / written.length >= proseShare
  return house.rooms.long[path] ?? (prose ? proseLinesMax : fileLinesMax)
}

export const longFiles: Check = house =>
  [...house.texts]
    .filter(([path]) => inScope(path) && /\.m?ts$|\.mjs$/.test(path))
    .flatMap(([path, text]) => {
      const lines = text.trimEnd().split('\n')
      const most = ceiling(house, path, lines)
      return lines.length <= most ? [] : [{ path, line: 1, what: `has ${lines.length} lines, the ceiling is ${most}` }]
    })
