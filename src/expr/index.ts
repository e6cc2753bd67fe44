export type * from './evaluate.ts'
export * from './node.ts'
