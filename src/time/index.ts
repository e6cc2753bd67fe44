export * from './schedule.ts'
export * from './trigger.ts'
export * from './watermark.ts'
