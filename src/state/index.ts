export * from './entries.ts'
