export * from './aggregate-spec.ts'
export * from './operator.ts'
