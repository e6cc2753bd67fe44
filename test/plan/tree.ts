// A plan as indented text: one node a line, inputs below their reader. A node read twice is told once.
import { describe, inputsOf, type Node } from '../../src/plan/index.ts'

export function tree(...roots: readonly Node[]): string {
  const seen = new Set<Node>()
  const lines: string[] = []
  const visit = (node: Node, depth: number): void => {
    lines.push(`${'  '.repeat(depth)}${seen.has(node) ? '^ ' : ''}${describe(node)}`)
    if (seen.has(node)) return
    seen.add(node)
    for (const input of inputsOf(node)) visit(input, depth + 1)
  }
  for (const root of roots) visit(root, 0)
  return lines.join('\n')
}

/** Text of a template literal without the indentation of the code around it. */
export function text(strings: TemplateStringsArray): string {
  const lines = (strings[0] as string).split('\n').slice(1, -1)
  const indent = Math.min(...lines.filter(line => line.trim() !== '').map(line => line.search(/\S/)))
  return lines.map(line => line.slice(indent)).join('\n')
}
