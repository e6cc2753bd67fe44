// The only makers of plan nodes. Each freezes the node and derives its schema, which checks it: a node that exists
// fits its input. The typed API, SQL and JavaScript callers all come through here.
export { type AsOfParts, asOfJoin } from './as-of.ts'
export { badVerb, unknownColumn } from './checked.ts'
export * from './count-window.ts'
export * from './fill.ts'
export * from './group.ts'
export * from './iterate.ts'
export * from './join.ts'
export * from './over.ts'
export { expectKeys, type ProcessParts, processOf, sideOf, skippedBy } from './process.ts'
export * from './rank.ts'
export * from './rows.ts'
export * from './top.ts'
