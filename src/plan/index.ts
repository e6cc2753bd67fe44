export type * from './node.ts'
export type * from './session.ts'
