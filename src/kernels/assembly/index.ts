// The door of the kernels: every export here is a function of the WebAssembly module.
export { memoryUsed, setCeiling, alloc, free, arenaNew, arenaAlloc, arenaReset, arenaFree, useArena } from './memory'
export { raised } from './raise'
export { timeMax } from './time-max'
