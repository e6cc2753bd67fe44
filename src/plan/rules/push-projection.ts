// Only what is needed is computed and decoded: needs flow from the roots to the sources, a node read twice needs
// what both readers need. Nodes that look at whole rows (distinct, plain functions, the late rows of a window) need all.
import { column, columnsOf, type Expr } from '../../expr/index.ts'
import type { Named, Node } from '../node.ts'
import { schema } from '../schema.ts'
import { inputsOf, nodesOf, rebuild } from '../walk.ts'
import type { Rule } from './rule.ts'

type Needs = Map<Node, Set<string>>

export const pushProjection: Rule = {
  name: 'push-projection',
  apply(roots) {
    const needs = needsOf(roots)
    const done = new Map<Node, Node>()
    const made = roots.map(root => rebuild(root, (node, was) => narrow(node, was, needs), done))
    return made.every((each, i) => each === roots[i]) ? undefined : made
  },
}

function needsOf(roots: readonly Node[]): Needs {
  const needs: Needs = new Map()
  const need = (node: Node, names: Iterable<string>): void => {
    const known = needs.get(node) ?? new Set()
    for (const name of names) known.add(name)
    needs.set(node, known)
  }
  for (const root of roots) need(root, all(root))
  for (const node of [...nodesOf(...roots)].reverse())
    for (const [input, names] of asks(node, needs.get(node) ?? new Set())) need(input, names)
  return needs
}

const all = (node: Node): readonly string[] => schema(node).fields.map(each => each.name)
const namesIn = (exprs: readonly Expr[], input = 0): readonly string[] =>
  exprs.flatMap(columnsOf).flatMap(each => (each.input === input ? [each.path[0] as string] : []))

/** What a node needs of its inputs, to give `wanted`. */
function asks(node: Node, wanted: ReadonlySet<string>): readonly (readonly [Node, readonly string[]])[] {
  switch (node.kind) {
    case 'source':
      return []
    case 'errors': // a column that is not decoded makes no row a bad one
      return [[node.source, all(node.source)]]
    case 'where':
      return [[node.input, [...wanted, ...namesIn([node.predicate])]]]
    case 'select':
      return [[node.input, namesIn(exprsOf(kept(node.columns, wanted)))]]
    case 'window':
      return [[node.input, [...[...wanted].filter(name => name !== 'window'), node.time]]]
    case 'aggregate':
      return [[node.input, namesIn(aggregateExprs(node))]]
    case 'late':
      return [
        [node.of, all(node.of)],
        [node.of.input, all(node.of.input)],
      ]
    case 'top':
      return [[node.input, [...wanted, ...namesIn(node.keys.map(each => each.expr))]]]
    case 'join': {
      const exprs = exprsOf(kept(node.columns, wanted))
      const left = namesIn([...exprs, ...node.on.map(each => each.left)])
      return [
        [node.left, left],
        [node.right, namesIn([...exprs, ...node.on.map(each => each.right)], 1)],
      ]
    }
    case 'union':
      return node.inputs.map(input => [input, atPlaces(node, input, wanted)])
    case 'final':
    case 'distinct':
    case 'apply':
      return [[node.input, all(node.input)]]
  }
}

const exprsOf = (columns: readonly Named[]): readonly Expr[] => columns.map(each => each.expr)

function aggregateExprs(node: Node & { kind: 'aggregate' }): readonly Expr[] {
  const aggregates = node.aggregates.flatMap(each =>
    each.filter === undefined ? each.args : [...each.args, each.filter],
  )
  return [...node.keys.map(each => each.expr), ...aggregates]
}

/** The wanted columns; at least one: a row needs a column to be a row. */
function kept(columns: readonly Named[], wanted: ReadonlySet<string>): readonly Named[] {
  const found = columns.filter(each => wanted.has(each.name))
  return found.length > 0 ? found : columns.slice(0, 1)
}

/** The names that an input of a union has at the wanted places. */
function atPlaces(union: Node, input: Node, wanted: ReadonlySet<string>): readonly string[] {
  const theirs = all(input)
  const names = all(union).flatMap((name, i) => (wanted.has(name) ? [theirs[i] as string] : []))
  return names.length > 0 ? names : theirs.slice(0, 1)
}

/** The node with only what is needed of it; `was` is the node as it stood, whose needs are known. */
function narrow(node: Node, was: Node, needs: Needs): Node {
  const wanted = needs.get(was) ?? new Set<string>()
  if (node.kind === 'source') return narrowSource(node, wanted)
  if (node.kind === 'select' || node.kind === 'join') {
    const columns = kept(node.columns, wanted)
    return columns.length === node.columns.length ? node : Object.freeze({ ...node, columns: Object.freeze(columns) })
  }
  return node.kind === 'union' ? narrowUnion(node, was, wanted) : node
}

function narrowSource(source: Node & { kind: 'source' }, wanted: ReadonlySet<string>): Node {
  const names = new Set(wanted)
  if (source.time !== undefined) names.add(source.time.column)
  if (source.predicate !== undefined) for (const name of namesIn([source.predicate])) names.add(name)
  const have = all(source)
  const columns = have.filter(name => names.has(name))
  const some = columns.length > 0 ? columns : have.slice(0, 1)
  return some.length === have.length ? source : Object.freeze({ ...source, columns: Object.freeze(some) })
}

/** Columns of a union go by place: every input gives exactly the wanted ones. */
function narrowUnion(union: Node & { kind: 'union' }, was: Node, wanted: ReadonlySet<string>): Node {
  const inputs = union.inputs.map((input, i) => {
    const names = atPlaces(was, inputsOf(was)[i] as Node, wanted)
    const have = all(input)
    if (have.length === names.length && have.every((name, k) => name === names[k])) return input
    return Object.freeze({
      kind: 'select' as const,
      input,
      columns: Object.freeze(names.map(name => ({ name, expr: column(name) }))),
    })
  })
  return inputs.every((each, i) => each === union.inputs[i])
    ? union
    : Object.freeze({ ...union, inputs: Object.freeze(inputs) })
}
