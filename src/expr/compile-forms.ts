// What is not strict: logic, choice, and questions about null. Each part sees only the rows that still need it.
import { assert } from '../base/index.ts'
import { type Column, Kind, kindOf, type Ptr } from '../data/index.ts'
import { scalars } from '../types/index.ts'
import type { Typed, TypedCase, TypedForm } from './check.ts'
import { compileCall } from './compile-call.ts'
import { type Compiler, type Compute, newBits, newValues, type Run } from './compile-run.ts'

export function compileForm(node: TypedForm, compiler: Compiler): Compute {
  const args = node.args.map(each => compiler.compile(each))
  switch (node.form) {
    case 'and':
      return compileLogic(args, node.nullable, 0)
    case 'or':
      return compileLogic(args, node.nullable, 1)
    case 'isNull':
      return nullness(args[0] as Compute, true)
    case 'isNotNull':
      return nullness(args[0] as Compute, false)
    case 'isDistinct':
      return compileDistinct(node, args, compiler)
    case 'coalesce':
      return compileCoalesce(node, args)
    case 'greatest':
      return compileExtreme(node, args, compiler, false)
    case 'least':
      return compileExtreme(node, args, compiler, true)
  }
}

/** AND (decisive 0) and OR (decisive 1): a decided row leaves the selection. */
function compileLogic(args: readonly Compute[], nullable: boolean, decisive: 0 | 1): Compute {
  return (run, sel, n) => {
    const values = newBits(run, decisive === 0 ? 255 : 0)
    const validity = nullable ? newBits(run, 255) : 0
    const rest = run.arena.alloc(4 * n + 32)
    let at = sel
    let left = n
    for (const each of args) {
      if (left === 0) break
      const column = each(run, at, left)
      left = run.memory.kernels.decide(left, at, column.values, column.validity, decisive, values, validity, rest)
      at = rest
    }
    return { kind: Kind.BOOL, values, validity }
  }
}

function nullness(arg: Compute, isNull: boolean): Compute {
  return (run, sel, n) => {
    const { validity } = arg(run, sel, n)
    if (validity === 0) return { kind: Kind.BOOL, values: newBits(run, isNull ? 0 : 255), validity: 0 }
    if (!isNull) return { kind: Kind.BOOL, values: validity, validity: 0 }
    const values = newValues(run, Kind.BOOL)
    run.memory.kernels.notBits(run.batch.rows, 0, 0, validity, values)
    return { kind: Kind.BOOL, values, validity: 0 }
  }
}

/** A comparison of two columns that are there already. */
function comparer(
  node: TypedForm,
  compiler: Compiler,
): (run: Run, sel: Ptr, n: number, a: Column, b: Column) => Column {
  assert(node.compare !== undefined, 'a form without its comparison')
  const slots: Column[] = []
  const type = (node.args[0] as Typed).type
  const part = (leaf: number): Typed => ({ kind: 'leaf', leaf, type, nullable: true, source: node.source })
  const call = compileCall(
    {
      kind: 'call',
      overload: node.compare,
      args: [part(0), part(1)],
      lenient: false,
      type: scalars.boolean,
      nullable: true,
      source: node.source,
    },
    { ...compiler, compile: each => () => slots[each.kind === 'leaf' ? each.leaf : 0] as Column },
  )
  return (run, sel, n, a, b) => {
    slots[0] = a
    slots[1] = b
    return call(run, sel, n)
  }
}

/** Distinct: one is null and the other not, or both are there and not equal. */
function compileDistinct(node: TypedForm, args: readonly Compute[], compiler: Compiler): Compute {
  const equal = comparer(node, compiler)
  return (run, sel, n) => {
    const [a, b] = args.map(each => each(run, sel, n)) as [Column, Column]
    const same = equal(run, sel, n, a, b)
    const { kernels } = run.memory
    const { rows } = run.batch
    const values = newValues(run, Kind.BOOL)
    kernels.notBits(rows, 0, 0, same.values, values)
    if (same.validity === 0) return { kind: Kind.BOOL, values, validity: 0 }
    const validA = a.validity === 0 ? newBits(run, 255) : a.validity
    const validB = b.validity === 0 ? newBits(run, 255) : b.validity
    const one = newValues(run, Kind.BOOL)
    kernels.xorBits(rows, validA, validB, one)
    kernels.andBits(rows, values, same.validity, values)
    kernels.orBits(rows, values, one, values)
    return { kind: Kind.BOOL, values, validity: 0 }
  }
}

/** An empty result, rows of which are copied in part by part. */
function newColumn(run: Run, node: Typed): Column {
  const kind = kindOf(node.type)
  return { kind, values: newValues(run, kind), validity: node.nullable ? newBits(run, 0) : 0 }
}

function copyInto(run: Run, out: Column, from: Column, sel: Ptr, n: number): void {
  run.memory.kernels.copyRows(n, sel, out.kind, from.values, from.validity, out.values, out.validity)
}

function compileCoalesce(node: TypedForm, args: readonly Compute[]): Compute {
  return (run, sel, n) => {
    const out = newColumn(run, node)
    let at = sel
    let left = n
    for (const each of args) {
      if (left === 0) break
      const column = each(run, at, left)
      copyInto(run, out, column, at, left)
      if (column.validity === 0) break
      const rest = run.arena.alloc(4 * left + 32)
      left = run.memory.kernels.keepRest(left, at, column.validity, 0, rest)
      at = rest
    }
    return out
  }
}

export function compileCase(node: TypedCase, compiler: Compiler): Compute {
  const branches = node.branches.map(each => ({ when: compiler.compile(each.when), then: compiler.compile(each.then) }))
  const otherwise = node.otherwise === undefined ? undefined : compiler.compile(node.otherwise)
  return (run, sel, n) => {
    const { kernels } = run.memory
    const out = newColumn(run, node)
    let at = sel
    let left = n
    for (const { when, then } of branches) {
      if (left === 0) break
      const test = when(run, at, left)
      const taken = run.arena.alloc(4 * left + 32)
      const rest = run.arena.alloc(4 * left + 32)
      const count = kernels.keepTrue(left, at, test.values, test.validity, taken)
      left = kernels.keepRest(left, at, test.values, test.validity, rest)
      at = rest
      if (count > 0) copyInto(run, out, then(run, taken, count), taken, count)
    }
    if (otherwise !== undefined && left > 0) copyInto(run, out, otherwise(run, at, left), at, left)
    return out
  }
}

/** All arguments are computed; a later one replaces the best so far where that is null or less. */
function compileExtreme(node: TypedForm, args: readonly Compute[], compiler: Compiler, least: boolean): Compute {
  const greater = comparer(node, compiler)
  return (run, sel, n) => {
    const columns = args.map(each => each(run, sel, n))
    const kind = kindOf(node.type)
    let best: Column = { kind, values: newValues(run, kind), validity: newBits(run, 0) }
    copyInto(run, best, columns[0] as Column, sel, n)
    for (const next of columns.slice(1)) {
      const better = least ? greater(run, sel, n, best, next) : greater(run, sel, n, next, best)
      const bits = chosen(run, better, best, next)
      const taken = run.arena.alloc(4 * n + 32)
      const count = run.memory.kernels.keepTrue(n, sel, bits, 0, taken)
      copyInto(run, best, next, taken, count)
    }
    if (!node.nullable) best = { ...best, validity: 0 }
    return best
  }
}

/** next is valid, and best is null or the comparison holds. */
function chosen(run: Run, better: Column, best: Column, next: Column): Ptr {
  const { kernels } = run.memory
  const { rows } = run.batch
  const bits = newValues(run, Kind.BOOL)
  kernels.notBits(rows, 0, 0, best.validity, bits)
  const holds = newValues(run, Kind.BOOL)
  kernels.andBits(rows, better.values, better.validity, holds)
  kernels.orBits(rows, bits, holds, bits)
  if (next.validity !== 0) kernels.andBits(rows, bits, next.validity, bits)
  return bits
}
