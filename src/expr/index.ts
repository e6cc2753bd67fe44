export { signatures, typeOf, unifyTypes } from './check.ts'
export { fieldAt, structExpr, structFields } from './check-nested.ts'
export { compileExpr, compilePredicate } from './compile.ts'
export type * from './evaluate.ts'
export {
  among,
  discrete,
  type Gathering,
  type GatherOrder,
  gathering,
  hypothetical,
  mostFrequent,
  pairAggregates,
  pairSums,
  percentile,
} from './gathered.ts'
export { evaluateConstant, interpret, interpreter } from './interpret.ts'
export { jsonElements } from './json-text.ts'
export * from './node.ts'
export { patternOf } from './regex.ts'
export * from './registry/aggregates.ts'
export { castsTo, unify } from './registry/cast.ts'
export { windowStart } from './registry/datetime.ts'
export { typeOfDecimal } from './registry/decimal.ts'
export type { Entry, Family, Overload } from './registry/entry.ts'
export { entryOf, functionNames, registry } from './registry/index.ts'
export { bitOf, readValue, writeValue } from './rows.ts'
export { show } from './show.ts'
export { nearest, suggestion } from './suggest.ts'
export { readLocal } from './texts.ts'
export { literalOf, literalValue, type Value } from './value.ts'
export * from './walk.ts'
