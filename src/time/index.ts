export * from './schedule.ts'
export * from './slices.ts'
export * from './trigger.ts'
export * from './watermark.ts'
