export * from './batch.ts'
export * from './kind.ts'
export * from './memory.ts'
export type * from './ports.ts'
