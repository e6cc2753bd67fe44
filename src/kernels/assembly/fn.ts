// The kernels of the function registry (src/expr/registry).
export * from './fn-arithmetic'
export * from './fn-bits'
export { eqI64, ltI64, eqI64Constant, ltI64Constant, gtI64Constant, eqI32, ltI32, eqI32Constant, ltI32Constant, gtI32Constant, eqF64, ltF64, eqF64Constant, ltF64Constant, gtF64Constant, eqF32, ltF32, eqF32Constant, ltF32Constant, gtF32Constant, eqView, ltView, eqViewConstant, ltViewConstant, gtViewConstant } from './fn-compare'
export { i64ToF64, i64ToF32, f32ToF64, f64ToF32, f64ToI64, f32ToI64, bitsToI64, i64ToBits, bitsToText, i64ToText, textToI64, textToF64, dateToTimestamp, timestampToDate } from './fn-cast'
export { dateTrunc, extractPart, windowStart, secondsToTimestamp } from './fn-time'
export { ceilF64, floorF64, roundF64, truncF64, sqrtF64, signF64, signI64 } from './fn-math'
export { octetLength, charLength, upperText, lowerText, reverseText, trimBoth, trimLeft, trimRight, trimBothSet, trimLeftSet, trimRightSet, substringFrom, substringFor, leftText, rightText, splitPart, concatText, repeatText, replaceText, padLeft, padRight } from './fn-string'
export { startsWith, endsWith, containsText, positionOf, likeText } from './fn-search'
