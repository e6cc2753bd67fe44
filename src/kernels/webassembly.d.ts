// The part of the WebAssembly JavaScript interface that millrace uses. TypeScript keeps it in `lib.dom`, and @types/node
// does not repeat it; taking all of the DOM would let `name`, `event` or `document` compile by accident.

declare namespace WebAssembly {
  interface MemoryDescriptor {
    initial: number
    maximum?: number
    shared?: boolean
  }

  class Memory {
    constructor(descriptor: MemoryDescriptor)
    readonly buffer: ArrayBuffer
    /** Grows by `delta` pages of 64 KiB, detaches `buffer`, returns the size before; throws RangeError at the ceiling. */
    grow(delta: number): number
  }

  class Module {
    constructor(bytes: Uint8Array<ArrayBuffer> | ArrayBuffer)
    static exports(module: Module): { name: string; kind: string }[]
    static imports(module: Module): { module: string; name: string; kind: string }[]
  }

  type Imports = Record<string, Record<string, unknown>>
  type Exports = Record<string, unknown>

  class Global {
    constructor(descriptor: { value: string; mutable?: boolean }, value?: number | bigint)
    value: number | bigint
  }

  class Instance {
    constructor(module: Module, imports?: Imports)
    readonly exports: Exports
  }

  class CompileError extends Error {}
  class LinkError extends Error {}
  class RuntimeError extends Error {}

  function validate(bytes: Uint8Array<ArrayBuffer> | ArrayBuffer): boolean
  function compile(bytes: Uint8Array<ArrayBuffer> | ArrayBuffer): Promise<Module>
  function instantiate(
    bytes: Uint8Array<ArrayBuffer> | ArrayBuffer,
    imports?: Imports,
  ): Promise<{ module: Module; instance: Instance }>
  function instantiate(module: Module, imports?: Imports): Promise<Instance>
}
