// Where both sides may differ and be right. SQL leaves it free in which order a query is evaluated, so whether an error is met
// that only rows meet which are filtered out elsewhere; and numbers of more than 36 digits are refused here (docs/sql.md).
import type { Answer, Refusal } from '../support/postgres.ts'

/** SQLSTATE: division by zero, out of range, text that is no value, a substring of negative length, several rows for a value. */
const THEIRS = new Set(['22012', '22003', '22P02', '22011', '21000', '22008'])

const OURS = new Set([
  'DIVISION_BY_ZERO',
  'INTEGER_OVERFLOW',
  'NUMERIC_OVERFLOW',
  'OUT_OF_RANGE',
  'INVALID_TEXT',
  'INVALID_ARGUMENT',
  'SUBQUERY_ROWS',
])

/** The answer is an error that depends on which rows are looked at. */
export const metByRows = (answer: Answer | Refusal): boolean =>
  'refused' in answer && (THEIRS.has(answer.code) || OURS.has(answer.code))
