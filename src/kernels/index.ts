// The door to the data plane: instantiates the WebAssembly bytes. The module imports its memory and two
// functions: `oom`, which must throw (the exception unwinds the kernel), and `number`, the text of a number as a double.
import { type Kernels, wasmBytes } from './wasm.generated.ts'

export type { Kernels } from './wasm.generated.ts'

let compiled: WebAssembly.Module | undefined

const ASCII = new TextDecoder()
// 1 MB: V8 collects garbage by what lies outside its heap too, so that many small queries in one process pay for every page.
const INITIAL_PAGES = 16
const MAXIMUM_PAGES = 65536

/** What millrace uses of a WebAssembly.Memory: users' compilers may not know that name (it lives in lib.dom). */
export interface LinearMemory {
  readonly buffer: ArrayBuffer
}

/** Compile the code, once a process. */
export function compile(): void {
  compiled ??= new WebAssembly.Module(wasmBytes as Uint8Array<ArrayBuffer>)
}

/** The kernels over a linear memory of their own. */
export interface Instance {
  readonly kernels: Kernels
  readonly memory: LinearMemory
  /** Who holds it now; undefined: nobody. */
  oom: ((wanted: number, used: number) => never) | undefined
}

/** A fresh instance. */
export function instantiate(): Instance {
  compile()
  const memory = new WebAssembly.Memory({ initial: INITIAL_PAGES, maximum: MAXIMUM_PAGES })
  const abort = (): never => {
    throw new WebAssembly.RuntimeError('kernel aborted')
  }
  // Numbers of more than 19 digits that lie between two doubles as far as 128 bits can tell (assembly/number.ts).
  const number = (text: number, length: number): number =>
    Number(ASCII.decode(new Uint8Array(memory.buffer, text >>> 0, length)))
  const oom = (wanted: number, used: number): never => (made.oom ?? abort)(wanted >>> 0, used >>> 0)
  const instance = new WebAssembly.Instance(compiled as WebAssembly.Module, { env: { memory, oom, abort, number } })
  const made: Instance = { kernels: instance.exports as unknown as Kernels, memory, oom: undefined }
  return made
}
