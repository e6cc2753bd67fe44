// From a checked expression to closures over kernels: one closure per node, one kernel call per batch. Decisions (which
// kernel, is it nullable, does it need a selection) are made here, once; what runs per batch only moves pointers.
//
// Law 7: the result and the errors are those of interpret.ts for every row that is evaluated. AND, OR, CASE and
// COALESCE hand a narrower selection to later parts, so that only rows that are really evaluated can fail.
import { assert } from '../base/index.ts'
import {
  type Arena,
  BATCH_ROWS,
  type Batch,
  bitmapBytes,
  type Column,
  columnBytes,
  Kind,
  kindOf,
  type Memory,
  type Ptr,
  type Workspace,
  withSelection,
} from '../data/index.ts'
import type { Schema } from '../types/index.ts'
import { resolve, resolvePredicate, type Typed, type TypedConstant } from './check.ts'
import { compileCall } from './compile-call.ts'
import { compileCase, compileForm } from './compile-forms.ts'
import { bothValid, type Compiler, type Compute, type Run } from './compile-run.ts'
import type { Evaluator, Predicate } from './evaluate.ts'
import type { Expr } from './node.ts'
import { writeValue } from './rows.ts'

/** Compile an expression over the leaves of its inputs. Fails as `typeOf` does. */
export function compileExpr(expr: Expr, inputs: readonly Schema[], memory: Memory): Evaluator {
  const typed = resolve(expr, inputs)
  const compiler = compilerFor(typed, memory)
  const compute = compiler.compile(typed)
  return {
    type: typed.type,
    nullable: typed.nullable,
    run: (batch, work) => compute(start(batch, work), batch.sel, batch.count),
    close: () => compiler.constants.free(),
  }
}

/** Compile a predicate: conjuncts one after another, each over the rows that the ones before kept. */
export function compilePredicate(expr: Expr, inputs: readonly Schema[], memory: Memory): Predicate {
  const typed = resolvePredicate(expr, inputs)
  const compiler = compilerFor(typed, memory)
  const steps = stepsOf(conjunctsOf(typed)).map(step => step.map(each => compiler.compile(each)))
  return {
    run(batch, work) {
      const run = start(batch, work)
      let { sel, count } = batch
      for (const step of steps) {
        if (count === 0) break
        const kept = run.arena.alloc(4 * count + 32)
        count = keep(run, step, sel, count, kept)
        sel = kept
      }
      return count === batch.count ? batch : withSelection(batch, sel, count)
    },
    close: () => compiler.constants.free(),
  }
}

/** The rows for which all conjuncts of a step hold, into `kept`; how many. */
function keep(run: Run, step: readonly Compute[], sel: Ptr, n: number, kept: Ptr): number {
  const { keepTrue } = run.memory.kernels
  const [only] = step
  if (step.length === 1 && only !== undefined) {
    const { values, validity } = only(run, sel, n)
    return keepTrue(n, sel, values, validity, kept)
  }
  let bits: Ptr = 0
  for (const each of step) {
    const { values, validity } = each(run, sel, n)
    bits = bothValid(run, bothValid(run, bits, values), validity)
  }
  return keepTrue(n, sel, bits, 0, kept)
}

/** Neighbours that can't fail and cost next to nothing are computed together: their bitmaps meet before any selection. */
function stepsOf(conjuncts: readonly Typed[]): readonly (readonly Typed[])[] {
  const steps: Typed[][] = []
  let open: Typed[] | undefined
  for (const each of conjuncts) {
    const cheap = isCheap(each)
    if (cheap && open !== undefined) open.push(each)
    else steps.push([each])
    open = cheap ? steps.at(-1) : undefined
  }
  return steps
}

/** Vector kernels that can't fail, over columns and constants. */
function isCheap(node: Typed): boolean {
  if (node.kind === 'leaf' || node.kind === 'constant') return true
  return node.kind === 'call' && !node.lenient && node.overload.total === true && node.args.every(isCheap)
}

function conjunctsOf(node: Typed): readonly Typed[] {
  return node.kind === 'form' && node.form === 'and' ? node.args.flatMap(conjunctsOf) : [node]
}

function start(batch: Batch, work: Workspace): Run {
  assert(batch.rows <= BATCH_ROWS, `a batch of ${batch.rows} rows`)
  work.arena.use()
  return { batch, memory: work.memory, arena: work.arena, shared: new Map() }
}

function compilerFor(root: Typed, memory: Memory): Compiler {
  const uses = countUses(root)
  const compiled = new Map<Typed, Compute>()
  let every: Ptr = 0
  const compiler: Compiler = {
    memory,
    constants: memory.arena(1 << 16),
    compile(node) {
      const known = compiled.get(node)
      if (known !== undefined) return known
      const compute = compileNode(node, compiler)
      const shared = (uses.get(node) ?? 0) > 1 && node.kind !== 'leaf' && node.kind !== 'constant'
      const kept = shared ? computeOnce(node, compute) : compute
      compiled.set(node, kept)
      return kept
    },
    everyRow() {
      if (every === 0) every = identity(compiler.constants)
      return every
    },
  }
  return compiler
}

function compileNode(node: Typed, compiler: Compiler): Compute {
  switch (node.kind) {
    case 'leaf': {
      const { leaf } = node
      return run => run.batch.columns[leaf] as Column
    }
    case 'constant': {
      let column: Column | undefined
      return () => (column ??= constantColumn(node, compiler))
    }
    case 'call':
      return compileCall(node, compiler)
    case 'form':
      return compileForm(node, compiler)
    case 'case':
      return compileCase(node, compiler)
  }
}

/** A part used twice is computed once, if its first use is for all rows of the batch's selection. */
function computeOnce(node: Typed, compute: Compute): Compute {
  return (run, sel, n) => {
    const known = run.shared.get(node)
    if (known !== undefined) return known
    const column = compute(run, sel, n)
    if (sel === run.batch.sel && n === run.batch.count) run.shared.set(node, column)
    return column
  }
}

function countUses(root: Typed): ReadonlyMap<Typed, number> {
  const uses = new Map<Typed, number>()
  const visit = (node: Typed): void => {
    const before = uses.get(node) ?? 0
    uses.set(node, before + 1)
    if (before === 0) childrenOfTyped(node).forEach(visit)
  }
  visit(root)
  return uses
}

function childrenOfTyped(node: Typed): readonly Typed[] {
  if (node.kind === 'call' || node.kind === 'form') return node.args
  if (node.kind !== 'case') return []
  return [
    ...node.branches.flatMap(each => [each.when, each.then]),
    ...(node.otherwise === undefined ? [] : [node.otherwise]),
  ]
}

/** A constant as a column of a whole batch, filled once. */
function constantColumn(node: TypedConstant, { memory, constants }: Compiler): Column {
  const kind = kindOf(node.type)
  const values = constants.zeroed(columnBytes(kind, BATCH_ROWS))
  if (node.value === null) return { kind, values, validity: constants.zeroed(bitmapBytes(BATCH_ROWS)) }
  writeValue(memory, values, node.type.kind, 0, node.value, constants)
  const bytes = columnBytes(kind, BATCH_ROWS)
  if (kind === Kind.BOOL) memory.u8.fill(node.value === true ? 255 : 0, values, values + bytes)
  else spread(memory.u8, values, columnBytes(kind, 16) / 16, bytes)
  return { kind, values, validity: 0 }
}

/** Repeat the first `step` bytes over `bytes` bytes, doubling. */
function spread(u8: Uint8Array, at: Ptr, step: number, bytes: number): void {
  for (let done = step; done < bytes; done *= 2) u8.copyWithin(at + done, at, at + Math.min(done, bytes - done))
}

function identity(arena: Arena): Ptr {
  const at = arena.alloc(4 * BATCH_ROWS)
  const { u32 } = arena.memory
  for (let row = 0; row < BATCH_ROWS; row++) u32[(at >>> 2) + row] = row
  return at
}
