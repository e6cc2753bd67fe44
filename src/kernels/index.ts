// The door to the data plane: instantiates the WebAssembly bytes. The module imports its memory and one
// function, `oom`, which must throw: the exception unwinds the kernel.
import { type Kernels, wasmBytes } from './wasm.generated.ts'

export type { Kernels } from './wasm.generated.ts'

let compiled: WebAssembly.Module | undefined

const INITIAL_PAGES = 64
const MAXIMUM_PAGES = 65536

/** A fresh instance with its own linear memory; the code is compiled once a process. */
export function instantiate(oom: (wanted: number, used: number) => never): {
  kernels: Kernels
  memory: WebAssembly.Memory
} {
  compiled ??= new WebAssembly.Module(wasmBytes as Uint8Array<ArrayBuffer>)
  const memory = new WebAssembly.Memory({ initial: INITIAL_PAGES, maximum: MAXIMUM_PAGES })
  const abort = (): never => {
    throw new WebAssembly.RuntimeError('kernel aborted')
  }
  const instance = new WebAssembly.Instance(compiled, {
    env: { memory, oom: (wanted: number, used: number) => oom(wanted >>> 0, used >>> 0), abort },
  })
  return { kernels: instance.exports as unknown as Kernels, memory }
}
