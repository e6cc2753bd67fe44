// PostgreSQL's parser is one WebAssembly function of 100 KB, and a few statements are enough for V8 to find it hot: its
// optimising compiler then takes 600 MB and more than a second for it, and the end of the process waits for that. What is
// loaded here stays with the code that V8 makes at once, which parses faster than anybody writes. Law: the kernels are
// compiled before, so that they are optimised as always.
import { setFlagsFromString } from 'node:v8'
import { compile } from '../kernels/index.ts'

const OFF = ['--no-wasm-dynamic-tiering', '--no-wasm-tier-up']
const ON = ['--wasm-dynamic-tiering', '--wasm-tier-up']

let loading = 0

/** Load modules whose WebAssembly is not to be optimised. */
export async function withoutTierUp<T>(load: () => Promise<T>): Promise<T> {
  compile()
  if (loading++ === 0) set(OFF)
  try {
    return await load()
  } finally {
    if (--loading === 0) set(ON)
  }
}

function set(flags: readonly string[]): void {
  for (const each of flags) setFlagsFromString(each)
}
