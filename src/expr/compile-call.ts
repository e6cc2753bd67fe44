// A strict call: where all arguments are valid, one kernel over the selection; rows the kernel declines, and functions
// without a kernel, go through the twin one by one. A row that fails ends the batch, or becomes null if the call is
// lenient; the kernel goes on behind it.
import { assert } from '../base/index.ts'
import { bitmapBytes, type Column, type Kind, kindOf, type Ptr } from '../data/index.ts'
import type { Typed, TypedCall } from './check.ts'
import { bothValid, type Compiler, type Compute, newBits, newValues, type Run } from './compile-run.ts'
import { isRowError, rowFailure } from './failure.ts'
import { callTwin } from './interpret.ts'
import { bitOf, readValue, setBit, writeValue } from './rows.ts'
import type { Value } from './value.ts'

/** A kernel said: this row is for the twin (text beyond ASCII, for one). */
const DECLINED = 6

type Kernel = (...args: number[]) => number

/** One call, ready to run. */
interface Plan {
  readonly node: TypedCall
  readonly compiler: Compiler
  readonly args: readonly Compute[]
  readonly kernel: Kernel | undefined
  readonly swapped: boolean
  readonly inverted: boolean
  /** Over all rows of the batch instead of the selected. */
  readonly total: boolean
  /** Works on whole bitmaps, whatever the selection. */
  readonly bitmaps: boolean
  /** Nulls may come that no argument brings. */
  readonly opens: boolean
  /** One or two doubles give a double that is never null. */
  readonly reals: boolean
  /** The kernel marks nulls in its views. */
  readonly marks: boolean
  readonly result: Kind
}

export function compileCall(node: TypedCall, compiler: Compiler): Compute {
  if (node.overload.relabel) return compiler.compile(node.args[0] as Typed)
  const plan = planOf(node, compiler)
  return (run, sel, n) => runCall(plan, run, sel, n)
}

function planOf(written: TypedCall, compiler: Compiler): Plan {
  const node = constantLast(written)
  const { overload } = node
  const last = node.args.at(-1)
  const constant = overload.constant !== undefined && last?.kind === 'constant' && last.value !== null
  const name = constant ? overload.constant : overload.kernel
  const kernels = compiler.memory.kernels as unknown as Readonly<Record<string, Kernel>>
  return {
    node,
    compiler,
    args: node.args.map(each => compiler.compile(each)),
    kernel: name === undefined ? undefined : kernelNamed(kernels, name),
    swapped: overload.swapped === true && !constant,
    inverted: overload.inverted === true,
    total: overload.total === true,
    bitmaps: overload.total === true && overload.args[0] === 'boolean',
    // To whom nulls are values: whether a null comes of them is for the twin to say.
    opens: node.lenient || overload.nullable === true || (overload.seesNulls === true && node.nullable),
    reals:
      [overload.result, ...overload.args].every(kind => kind === 'double') && overload.args.length < 3 && !node.lenient,
    marks: overload.nullable === true && name !== undefined,
    result: kindOf(node.type),
  }
}

function kernelNamed(kernels: Readonly<Record<string, Kernel>>, name: string): Kernel {
  const kernel = kernels[name]
  assert(kernel !== undefined, `there is no kernel ${name}`)
  return kernel
}

/** `5 < x` as `x > 5`: the fast comparison wants its constant on the right. */
function constantLast(node: TypedCall): TypedCall {
  const [a, b] = node.args
  const mirrored = node.overload.mirror
  if (mirrored === undefined || a?.kind !== 'constant' || b === undefined || b.kind === 'constant') return node
  return { ...node, overload: mirrored(), args: [b, a] }
}

function runCall(plan: Plan, run: Run, sel: Ptr, n: number): Column {
  const columns = plan.args.map(each => each(run, sel, n))
  let validity = 0
  if (plan.node.overload.seesNulls !== true)
    for (const each of columns) validity = bothValid(run, validity, each.validity)
  const values = newValues(run, plan.result)
  const out = { kind: plan.result, values, validity: plan.opens ? ownBits(run, validity) : validity }
  if (plan.kernel === undefined) runTwin(plan, run, columns, out, validity, sel, n)
  // A kernel that can't fail does all rows in vectors about four times as fast as selected ones.
  else if (plan.bitmaps || (plan.total && sel !== 0 && n * 4 > run.batch.rows))
    invoke(plan, plan.kernel, run.batch.rows, 0, validity, columns, values)
  else runKernel(plan, plan.kernel, run, columns, out, validity, sel, n)
  // A kernel can say null only by a view of impossible length.
  if (plan.marks) run.memory.kernels.markNulls(n, sel, validity, values, out.validity)
  if (plan.inverted) run.memory.kernels.notBits(run.batch.rows, 0, 0, values, values)
  return out
}

/** A bitmap that may be written: a copy, or all ones. */
function ownBits(run: Run, validity: Ptr): Ptr {
  const bits = newBits(run, 255)
  if (validity !== 0) run.memory.u8.copyWithin(bits, validity, validity + bitmapBytes(run.batch.rows))
  return bits
}

function invoke(
  plan: Plan,
  kernel: Kernel,
  n: number,
  sel: Ptr,
  valid: Ptr,
  columns: readonly Column[],
  out: Ptr,
): number {
  const [a, b, c] = columns
  if (a === undefined) return kernel(n, sel, valid, out)
  if (b === undefined) return kernel(n, sel, valid, a.values, out)
  if (c !== undefined) return kernel(n, sel, valid, a.values, b.values, c.values, out)
  return plan.swapped ? kernel(n, sel, valid, b.values, a.values, out) : kernel(n, sel, valid, a.values, b.values, out)
}

function runKernel(
  plan: Plan,
  kernel: Kernel,
  run: Run,
  columns: readonly Column[],
  out: Column,
  valid: Ptr,
  sel: Ptr,
  n: number,
): void {
  let at = sel
  let left = n
  while (left > 0) {
    const row = invoke(plan, kernel, left, at, valid, columns, out.values)
    if (row < 0) return
    failedRow(plan, run, columns, out, row)
    const index = at === 0 ? row : indexOf(run, at, left, row)
    at = (at === 0 ? plan.compiler.everyRow() : at) + 4 * (index + 1)
    left -= index + 1
  }
}

/** A row that the kernel stopped at: the twin's answer, a null, or the end. */
function failedRow(plan: Plan, run: Run, columns: readonly Column[], out: Column, row: number): void {
  const code = run.memory.kernels.raised()
  if (code === DECLINED) twinRow(plan, run, columns, out, row)
  else if (plan.node.lenient) setBit(run.memory, out.validity, row, false)
  else throw rowFailure(code, plan.node, argumentsOf(plan.node, run, columns, row), run.batch.origin?.position(row))
}

function indexOf(run: Run, sel: Ptr, n: number, row: number): number {
  const { u32 } = run.memory
  let low = 0
  let high = n - 1
  while (low < high) {
    const middle = (low + high) >>> 1
    if ((u32[(sel >>> 2) + middle] as number) < row) low = middle + 1
    else high = middle
  }
  return low
}

function runTwin(plan: Plan, run: Run, columns: readonly Column[], out: Column, valid: Ptr, sel: Ptr, n: number): void {
  if (plan.reals) {
    runReals(plan, run, columns, out, valid, sel, n)
    return
  }
  // Of an argument that is a constant all rows have the same.
  const args = plan.node.args.map(each => (each.kind === 'constant' ? each.value : null))
  const read = columns.flatMap((_, i) => (plan.node.args[i]?.kind === 'constant' ? [] : [i]))
  for (let i = 0; i < n; i++) {
    const row = sel === 0 ? i : (run.memory.u32[(sel >>> 2) + i] as number)
    if (valid !== 0 && !bitOf(run.memory, valid, row)) continue
    for (const at of read)
      args[at] = readValue(run.memory, columns[at] as Column, (plan.node.args[at] as Typed).type.kind, row)
    applyTwin(plan, run, args, out, row)
  }
}

/** Doubles from doubles (exp, ln, power): the twin straight over the columns. */
function runReals(
  plan: Plan,
  run: Run,
  columns: readonly Column[],
  out: Column,
  valid: Ptr,
  sel: Ptr,
  n: number,
): void {
  const twin = plan.node.overload.twin as (a: number, b?: number) => number
  const { f64, u32 } = run.memory
  const a = (columns[0] as Column).values >>> 3
  const b = (columns[1] ?? (columns[0] as Column)).values >>> 3
  const to = out.values >>> 3
  let row = 0
  try {
    for (let i = 0; i < n; i++) {
      row = sel === 0 ? i : (u32[(sel >>> 2) + i] as number)
      if (valid === 0 || bitOf(run.memory, valid, row)) f64[to + row] = twin(f64[a + row] as number, f64[b + row])
    }
  } catch (error) {
    if (!isRowError(error)) throw error
    const args = argumentsOf(plan.node, run, columns, row)
    throw rowFailure(error.code, plan.node, args, run.batch.origin?.position(row))
  }
}

const twinRow = (plan: Plan, run: Run, columns: readonly Column[], out: Column, row: number): void =>
  applyTwin(plan, run, argumentsOf(plan.node, run, columns, row), out, row)

function applyTwin(plan: Plan, run: Run, args: readonly Value[], out: Column, row: number): void {
  try {
    const value = callTwin(plan.node.overload, args)
    if (value === null) setBit(run.memory, out.validity, row, false)
    else writeValue(run.memory, out.values, plan.node.type.kind, row, value, run.arena)
  } catch (error) {
    if (!isRowError(error)) throw error
    if (!plan.node.lenient) throw rowFailure(error.code, plan.node, args, run.batch.origin?.position(row))
    setBit(run.memory, out.validity, row, false)
  }
}

const argumentsOf = (node: TypedCall, run: Run, columns: readonly Column[], row: number): readonly Value[] =>
  columns.map((column, i) => {
    const arg = node.args[i] as Typed
    return arg.kind === 'constant' ? arg.value : readValue(run.memory, column, arg.type.kind, row)
  })
