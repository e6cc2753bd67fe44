export * from './assert.ts'
export * from './durations.ts'
export * from './errors.ts'
export type * from './ports.ts'
