// The plan as aligned text: what is done, and of each node its changes, key, event time, state bound and guarantee.
// The text is a public contract (test/plan/explain.test.ts); what the runtime adds (stages, tasks) comes as data.
import { excerpt } from '../base/index.ts'
import { kindOfNode } from './kinds/index.ts'
import { name } from './kinds/texts.ts'
import type { Node, Output } from './node.ts'
import { properties } from './properties.ts'
import { inputsOf, nodesOf } from './walk.ts'

/** What the runtime knows: chains of operators, and the tasks that run them. */
export interface Stage {
  readonly name: string
  /** Operators in order of the flow. */
  readonly operators: readonly string[]
  readonly tasks: number
}

export interface Explained {
  /** The plan as written. */
  readonly node: Node
  /** The plan as it runs, and the rules that made it. */
  readonly optimised?: { readonly node: Node; readonly applied: readonly string[] }
  readonly stages?: readonly Stage[]
  readonly output?: Output
}

/** The whole text: plan, rules, plan after rules, stages. */
export function explainText({ node, optimised, stages, output }: Explained): string {
  const parts = [`plan\n${planText(node)}`]
  if (output !== undefined) parts.unshift(outputText(output))
  if (optimised !== undefined) {
    const names = optimised.applied.join(', ')
    parts.push(names === '' ? 'rules applied: none' : `rules applied: ${names}\n${planText(optimised.node)}`)
  }
  if (stages !== undefined) parts.push(`stages\n${stagesText(stages)}`)
  return `${parts.join('\n\n')}\n`
}

function outputText({ node, sink, mode }: Output): string {
  const exact = properties(node).replayable && sink.guarantee === 'exactly once'
  const guarantee = exact
    ? 'exactly once'
    : properties(node).replayable
      ? sink.guarantee
      : 'rows may be lost on restart'
  return `output: ${sink.kind} ${excerpt(sink.name)}, ${mode} mode, ${guarantee}`
}

const HEADER = ['', 'changes', 'key', 'event time', 'state', 'guarantee', 'notes'] as const

/** One plan as a table: the tree, and what is known of each node. */
export function planText(root: Node): string {
  const shared = new Map(repeated(root).map((node, i) => [node, i + 1]))
  const lines: string[][] = [[...HEADER]]
  const seen = new Set<Node>()
  const visit = (node: Node, first: string, rest: string): void => {
    const number = shared.get(node)
    const mark = number === undefined ? '' : `#${number} `
    if (seen.has(node)) return void lines.push([`${first}${mark}(as above)`, '', '', '', '', '', ''])
    seen.add(node)
    lines.push([`${first}${mark}${describe(node)}`, ...facts(node)])
    const below = [
      ...(kindOfNode(node).within?.(node) ?? []).map(([name, plan]) => [`${name}: `, plan] as const),
      ...inputsOf(node).map(input => ['', input] as const),
    ]
    below.forEach(([name, plan], i) => {
      const last = i === below.length - 1
      visit(plan, `${rest}${last ? '└─ ' : '├─ '}${name}`, `${rest}${last ? '   ' : '│  '}`)
    })
  }
  visit(root, '', '')
  return aligned(lines)
}

/** Nodes that several others read. */
function repeated(root: Node): readonly Node[] {
  const readers = new Map<Node, number>()
  for (const node of nodesOf(root))
    for (const input of inputsOf(node)) readers.set(input, (readers.get(input) ?? 0) + 1)
  return [...readers].flatMap(([node, count]) => (count > 1 ? [node] : []))
}

function facts(node: Node): readonly string[] {
  const known = properties(node)
  const key = known.keys === undefined ? '-' : known.keys.length === 0 ? '(one row)' : known.keys.map(name).join(', ')
  const state = known.bounded || known.state.class === 'none' ? known.state.text : known.state.text
  return [
    known.appendOnly ? 'append' : 'update',
    key,
    known.eventTime === undefined ? '-' : name(known.eventTime.path.join('.')),
    state,
    known.replayable ? 'exactly once' : 'may lose rows',
    known.opaque.map(each => `opaque: ${excerpt(each, 40)}`).join('; '),
  ]
}

function aligned(lines: readonly (readonly string[])[]): string {
  const columns = (lines[0] ?? []).map((_, i) => i).filter(i => i === 0 || lines.slice(1).some(line => line[i] !== ''))
  const widths = columns.map(i => Math.max(...lines.map(line => (line[i] as string).length)))
  return lines
    .map(line =>
      columns
        .map((i, k) => (line[i] as string).padEnd(widths[k] as number))
        .join('  ')
        .trimEnd(),
    )
    .join('\n')
}

function stagesText(stages: readonly Stage[]): string {
  return aligned([
    ['', 'tasks', 'operators'],
    ...stages.map(each => [each.name, String(each.tasks), each.operators.join(' → ')]),
  ])
}

/** One node in words, without its inputs. */
export const describe = (node: Node): string => kindOfNode(node).words(node)
