// How a kernel reports a row it can't compute: it raises (code, row), stops, and returns the row number.
// -1 means that all rows are done. Codes are named in src/data/kernels.ts (a test compares them).

export const OK: i32 = -1;

export const INTEGER_OVERFLOW: i32 = 1;
export const DIVISION_BY_ZERO: i32 = 2;
export const INVALID_ARGUMENT: i32 = 3;
export const OUT_OF_RANGE: i32 = 4;
export const INVALID_TEXT: i32 = 5;

let code: i32 = 0;

export function raise(what: i32, row: u32): i32 { code = what; return <i32>row; }
/** The code of the last raise. */
export function raised(): i32 { return code; }
/** Not an error: this row is for the interpreter twin (text that the fast path does not know). */
export const DECLINED: i32 = 6;
/** More digits than a decimal has, or than its type takes. */
export const NUMERIC_OVERFLOW: i32 = 7;
