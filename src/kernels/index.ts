// The door to the data plane: instantiates the WebAssembly bytes. The module imports its memory and two
// functions: `oom`, which must throw (the exception unwinds the kernel), and `number`, the text of a number as a double.
import { type Kernels, wasmBytes } from './wasm.generated.ts'

export type { Kernels } from './wasm.generated.ts'

let compiled: WebAssembly.Module | undefined

const ASCII = new TextDecoder()
const INITIAL_PAGES = 64
const MAXIMUM_PAGES = 65536

/** What millrace uses of a WebAssembly.Memory: users' compilers may not know that name (it lives in lib.dom). */
export interface LinearMemory {
  readonly buffer: ArrayBuffer
}

/** Compile the code, once a process. */
export function compile(): void {
  compiled ??= new WebAssembly.Module(wasmBytes as Uint8Array<ArrayBuffer>)
}

/** A fresh instance with its own linear memory. */
export function instantiate(oom: (wanted: number, used: number) => never): {
  kernels: Kernels
  memory: LinearMemory
} {
  compile()
  const memory = new WebAssembly.Memory({ initial: INITIAL_PAGES, maximum: MAXIMUM_PAGES })
  const abort = (): never => {
    throw new WebAssembly.RuntimeError('kernel aborted')
  }
  // Numbers of more than 19 digits that lie between two doubles as far as 128 bits can tell (assembly/number.ts).
  const number = (text: number, length: number): number =>
    Number(ASCII.decode(new Uint8Array(memory.buffer, text >>> 0, length)))
  const instance = new WebAssembly.Instance(compiled as WebAssembly.Module, {
    env: { memory, oom: (wanted: number, used: number) => oom(wanted >>> 0, used >>> 0), abort, number },
  })
  return { kernels: instance.exports as unknown as Kernels, memory }
}
