// Law 10: every refusal and every error names the query, the operator, the input position where there
// is one, and what to do. This file is the one catalogue: a code is stable for ever, its text may improve.

/** Who has to act: the author of the program, the owner of the input data, whoever runs the machine, or us. */
export type Actor = 'user' | 'data' | 'environment' | 'millrace'

interface Entry {
  readonly actor: Actor
  /** What happened; `{name}` is replaced by the parameter of that name. */
  readonly what: string
  /** What to do about it. */
  readonly fix: string
}

export const catalogue = {
  // -- base, types
  BAD_DURATION: {
    actor: 'user',
    what: "'{text}' is not a duration",
    fix: "write '10 minutes', '1 hour', '500 milliseconds', or { minutes: 10 }",
  },
  BAD_ARGUMENT: { actor: 'user', what: '{of} can not use {given} as its {argument}', fix: '{fix}' },
  BAD_SCHEMA: { actor: 'user', what: 'the schema is not usable: {reason}', fix: '{fix}' },
  BAD_COLUMN_NAME: {
    actor: 'user',
    what: "'{name}' can't be the name of a column: {reason}",
    fix: 'give the column a name of 1 to 256 characters without control characters',
  },
  ASSERTION: {
    actor: 'millrace',
    what: 'an internal check failed: {reason}',
    fix: 'this is a defect of millrace: please report it with the query and the stack',
  },
  // -- data
  MEMORY_LIMIT: {
    actor: 'environment',
    what: 'the engine needs {wanted} more bytes but holds {used} of its ceiling of {ceiling}',
    fix: "raise { memory: '…' }, bound the state (window, within, lateBy) or group by fewer keys",
  },
  UNSAFE_INTEGER: {
    actor: 'data',
    what: 'the integer {value} in column {column} does not fit a JavaScript number exactly',
    fix: 'declare the column as bigint: t.bigint(); in SQL write n::numeric or n::text',
  },
  BAD_VALUE: {
    actor: 'data',
    what: 'the value {value} does not fit column {column} of type {type}: {reason}',
    fix: 'correct the value or declare the column with a type that holds it',
  },
  MAP_NEEDS_SCHEMA: {
    actor: 'user',
    what: 'the columns that the function given to {verb} returns can not be found out by trying it: {reason}',
    fix: 'name them: {verb}(row => …, t.row({ … }))',
  },
  BAD_ARROW: {
    actor: 'data',
    what: 'the Arrow data can not be read: {reason}',
    fix: 'write it again, or read it with another tool to see what is wrong',
  },
  STALE_ROW: {
    actor: 'user',
    what: 'column {column} was read from a row after the function that was given the row had returned',
    fix: 'keep a copy: { ...row }',
  },
  // -- decoding (connectors)
  BAD_JSON: {
    actor: 'data',
    what: 'the line is not a row of JSON: {reason}',
    fix: "correct the line, or leave bad rows out with { onBadRow: 'skip' } and look at them in .errors",
  },
  BAD_CSV: {
    actor: 'data',
    what: 'the record is not CSV: {reason}',
    fix: "correct the record or the options (delimiter, header), or leave bad rows out with { onBadRow: 'skip' }",
  },
  BAD_UTF8: {
    actor: 'data',
    what: 'the line is not text: {reason}',
    fix: "write the file as UTF-8, or leave bad rows out with { onBadRow: 'skip' }",
  },
  BAD_FIELD: {
    actor: 'data',
    what: 'the value is not a {type} for column {column}: {reason}',
    fix: "correct the value, declare another type or .nullable(), or leave bad rows out with { onBadRow: 'skip' }",
  },
  MISSING_FIELD: {
    actor: 'data',
    what: 'the row has no value for column {column}, which is not nullable',
    fix: "add the value, declare the column .nullable(), or leave bad rows out with { onBadRow: 'skip' }",
  },
  BAD_FORMAT: { actor: 'user', what: 'the format is not usable: {reason}', fix: '{fix}' },
  CSV_HEADER: {
    actor: 'data',
    what: 'the header of the CSV does not fit the schema: {reason} (it has: {names})',
    fix: 'name the columns as the header does, or say { header: false } if the first line is a row already',
  },
  NO_SAMPLE: {
    actor: 'data',
    what: 'no schema can be inferred: the sample has no row',
    fix: 'give a schema, or begin when the input has its first rows',
  },
  LINE_TOO_LONG: {
    actor: 'data',
    what: 'a line is longer than {bytes} bytes',
    fix: 'check that the file has one row a line and closes its quotes, or raise maxLineBytes',
  },
  // -- expr
  UNKNOWN_COLUMN: { actor: 'user', what: 'there is no column {column}', fix: '{suggestion}' },
  STRUCT_COLUMN: {
    actor: 'user',
    what: 'the column {column} is a {type}, and an expression needs a single value',
    fix: 'name a field of it, such as {field}',
  },
  NOW_ELSEWHERE: {
    actor: 'user',
    what: 'now() is the time at which a row is taken in, and {operator} takes rows in from others',
    fix: "compute it before, in a column or a condition: .withColumn('seen', () => now()), .where(row => row.at.lte(now()))",
  },
  NOW_OVER_CHANGES: {
    actor: 'user',
    what: 'now() would give a row that goes another time than when it came',
    fix: 'take the time before rows are grouped or joined, of the rows that only come, or take .final() before',
  },
  UNKNOWN_FUNCTION: {
    actor: 'user',
    what: 'there is no function {fn}',
    fix: '{suggestion}; docs/functions.md lists all',
  },
  NO_OVERLOAD: {
    actor: 'user',
    what: '{fn} does not take ({given}), in {expression}',
    fix: 'use one of: {signatures}; or cast an argument',
  },
  NO_CAST: {
    actor: 'user',
    what: '{from} can not be converted to {to}, in {expression}',
    fix: 'cast through string, or choose another type',
  },
  TYPE_MISMATCH: {
    actor: 'user',
    what: 'the types {types} have no type in common that {expression} could use',
    fix: 'cast them to one type that can be compared',
  },
  NOT_BOOLEAN: {
    actor: 'user',
    what: '{part} is a {type} where {expression} needs a boolean',
    fix: 'compare it with something: {part} <> 0, {part} IS NOT NULL',
  },
  // -- sql
  SQL_SYNTAX: {
    actor: 'user',
    what: '{reason}\n\n{shown}\n',
    fix: 'correct the text; the grammar is that of PostgreSQL',
  },
  SQL_INVALID: { actor: 'user', what: '{reason}\n\n{shown}\n', fix: '{fix}' },
  SQL_UNSUPPORTED: { actor: 'user', what: '{what} is not supported\n\n{shown}\n', fix: '{fix}' },
  SQL_TOO_LARGE: {
    actor: 'user',
    what: 'the text is too large: {what}, and there may be {most}',
    fix: 'split it into several statements, or put the values into a table',
  },
  NO_TABLE: { actor: 'user', what: 'there is no table {name}', fix: '{suggestion}' },
  NOT_READABLE: {
    actor: 'user',
    what: 'the table {name} is only written to',
    fix: 'read what its query reads, or make a materialized view of that',
  },
  NOT_WRITABLE: { actor: 'user', what: 'nothing can be written to {name}: {reason}', fix: '{fix}' },
  DUPLICATE_KEY: {
    actor: 'data',
    what: 'the table {table} would have two rows with the key {key}',
    fix: 'write ON CONFLICT DO NOTHING, or UPDATE the row that is there',
  },
  CHECK_VIOLATED: {
    actor: 'data',
    what: 'a row of the table {table} would break the check {check}: {row}',
    fix: 'correct the row',
  },
  KEY_GIVEN_TWICE: {
    actor: 'data',
    what: 'ON CONFLICT DO UPDATE of the table {table} is given two rows of one key',
    fix: 'give each key once: SELECT DISTINCT ON (key) …',
  },
  ROW_MET_TWICE: {
    actor: 'data',
    what: 'a row of the table {table} meets several rows of the source of MERGE',
    fix: 'let it meet one: SELECT DISTINCT ON (key) … as the source',
  },
  NAME_TAKEN: { actor: 'user', what: 'there is a {kind} {name} already', fix: '{fix}' },
  IN_USE: {
    actor: 'user',
    what: '{name} can not be dropped: {users} is made of it',
    fix: 'drop {users} first',
  },
  AS_OF_UPDATES: {
    actor: 'user',
    what: 'the {side} side of an as-of join takes rows back, and a row that was told is told for good',
    fix: 'take .final() of a windowed table before it, or join without asOf, which follows both sides',
  },
  MORE_THAN_ONE_ROW: {
    actor: 'data',
    what: 'more than one row returned by a subquery used as an expression',
    fix: 'make it one row: an aggregate (max, min), or ORDER BY … LIMIT 1',
  },
  BAD_AGGREGATE: { actor: 'user', what: '{aggregate} is not usable: {reason}', fix: '{fix}' },
  BAD_PATTERN: {
    actor: 'user',
    what: 'the regular expression is not usable: {reason}',
    fix: 'docs/functions.md says what patterns may have',
  },
  INTEGER_OVERFLOW: {
    actor: 'data',
    what: '{expression} is outside the range of {bits}-bit integers for {arguments}',
    fix: 'cast an argument to double, or leave such rows out with where',
  },
  NUMERIC_OVERFLOW: {
    actor: 'data',
    what: '{expression} has more digits than {type} takes (decimals have 36 at most) for {arguments}',
    fix: 'round an argument first (round(x, 10)), cast to double, or to a decimal of more digits',
  },
  DIVISION_BY_ZERO: {
    actor: 'data',
    what: '{expression} divides by zero for {arguments}',
    fix: 'leave such rows out with where, or divide by nullif(…, 0), which gives null',
  },
  INVALID_ARGUMENT: {
    actor: 'data',
    what: '{expression} is not defined for {arguments}',
    fix: 'leave such rows out with where, or change the argument',
  },
  OUT_OF_RANGE: {
    actor: 'data',
    what: '{expression} is outside the range of {type} for {arguments}',
    fix: 'leave such rows out with where, or cast to a type with a larger range',
  },
  INVALID_TEXT: {
    actor: 'data',
    what: '{arguments} is not a valid {type}, in {expression}',
    fix: 'correct the input, or use try_cast, which gives null instead',
  },
  // -- plan, table
  DUPLICATE_COLUMN: {
    actor: 'user',
    what: 'there are two columns {column}',
    fix: 'give one of them another name: select(row => ({ … })) or rename',
  },
  BAD_VERB: { actor: 'user', what: '{verb}: {reason}', fix: '{fix}' },
  UNUSED_EXPRESSION: {
    actor: 'user',
    what: '{verb}: built but not used: {expression} - did you write &&, ||, ?: or === between expressions',
    fix: 'JavaScript operators do not build expressions: use .and(…), .or(…), .not(), when(condition, a).otherwise(b), .eq(…)',
  },
  NOT_A_VALUE: {
    actor: 'user',
    what: 'the expression {expression} has no value while the query is built, so it can not be used with + - < > or in a template string',
    fix: 'use its methods: .add(…), .gt(…), .concat(…)',
  },
  NULL_COMPARED: {
    actor: 'user',
    what: '{expression} is compared with null, which is never true',
    fix: 'use .isNull() or .isNotNull()',
  },
  WINDOW_WITHOUT_TIME: {
    actor: 'user',
    what: 'a window needs an event time, and {reason}',
    fix: '{fix}',
  },
  PROCESS_NEEDS_OUTPUT: {
    actor: 'user',
    what: 'the columns of what {verb} yields can not be found out by trying it: {reason}',
    fix: 'name them: { output: t.row({ … }) }',
  },
  INITIAL_UNBOUNDED: {
    actor: 'user',
    what: 'the initial state must be a table that ends, and {table} never does',
    fix: 'take it from a file, or from a list in memory',
  },
  PROCESS_ON_UPDATES: {
    actor: 'user',
    what: '{verb} is given a table that also changes and removes rows ({operator}), and what it emitted can not be taken back',
    fix: '{fix}',
  },
  FINAL_WITHOUT_WINDOW: {
    actor: 'user',
    what: '{verb}: without a window no result is ever final',
    fix: "cut the table into windows first: .window({ tumbling: '1 hour' }).groupBy(…).agg(…)",
  },
  SESSION_NOT_MERGED: {
    actor: 'user',
    what: '{verb}: it would go by the session that each row has alone; sessions become what they are when rows are grouped',
    fix: "make the sessions first: .window({ session: … }).groupBy('user').agg(g => ({ … })), then {verb} of them",
  },
  NEVER_LATE: {
    actor: 'user',
    what: 'late: no row ever comes too late for this {operator}',
    fix: '{fix}',
  },
  NEVER_FINAL: {
    actor: 'user',
    what: '{verb}: no result is ever final, because {reason}',
    fix: '{fix}',
  },
  UNBOUNDED_STATE: {
    actor: 'user',
    what: '{operator} would keep ever more state over an input that never ends: {bound}',
    fix: '{fix}; or say that you want it: { unbounded: true }',
  },
  SORT_UNBOUNDED: {
    actor: 'user',
    what: 'a table that never ends can not be sorted as a whole',
    fix: 'ask for the first rows of the order: .orderBy(…).limit(10)',
  },
  JOIN_UNBOUNDED: {
    actor: 'user',
    what: 'the {type} join would keep every row of the {side} side, which never ends: nothing says when a row can meet nobody any more',
    fix: '{fix}; or say that you want it: { unbounded: true }',
  },
  APPEND_ON_UPDATES: {
    actor: 'user',
    what: 'the table also changes and removes rows ({operator}), so it can not be written in append mode',
    fix: '{fix}',
  },
  UPDATE_WITHOUT_KEY: {
    actor: 'user',
    what: 'update mode needs columns that identify a row, and the table has none that are unique',
    fix: "give the sink a { key: [...] }, group by the columns that identify a row, or write with { mode: 'retract' }",
  },
  KEY_NOT_UNIQUE: {
    actor: 'user',
    what: 'several rows of the table can have the same {key}: its unique columns are {unique}',
    fix: 'use all unique columns as the key of the sink',
  },
  COMPLETE_UNBOUNDED: {
    actor: 'user',
    what: 'complete mode writes the whole table each time, and this one keeps every row of an input that never ends ({bound})',
    fix: "keep the first rows with .orderBy(…).limit(…), write with { mode: 'append' } or 'retract', or say that you want it: { unbounded: true }",
  },
  MODE_NOT_TAKEN: {
    actor: 'user',
    what: 'the sink {sink} does not take {mode} mode; it takes {modes}',
    fix: '{fix}',
  },
  // -- time
  BAD_TRIGGER: {
    actor: 'user',
    what: 'the trigger is not usable: {reason}',
    fix: "write every('5 seconds'), once(), availableNow() or continuous('1 second')",
  },
  // -- state
  LOCKED: {
    actor: 'environment',
    what: '{path} is in use by {owner}',
    fix: 'stop the other run first, or give this one another id or another { dir }',
  },
  CHECKPOINT_CORRUPT: {
    actor: 'environment',
    what: 'the checkpoint file {file} is damaged: {reason}',
    fix: '{fix}',
  },
  CHECKPOINT_FOREIGN: {
    actor: 'environment',
    what: 'the file {file} is not a checkpoint file of millrace, or of another kind ({reason})',
    fix: 'move it away, or give this run another { dir }',
  },
  CHECKPOINT_VERSION: {
    actor: 'user',
    what: 'the checkpoint file {file} has format {version}, this millrace reads up to {known}',
    fix: 'run it with the version of millrace that wrote it, or start anew under another id',
  },
  CHECKPOINT_MISSING: {
    actor: 'environment',
    what: 'the checkpoint file {file} is missing: {reason}',
    fix: 'restore the folder from a copy, or start anew under another id',
  },
  QUERY_CHANGED: {
    actor: 'user',
    what: 'the query is another one than its saved state is of:\n{diff}\n',
    fix: '{fix}',
  },
  BACKFILL_REFUSED: {
    actor: 'user',
    what: 'the query has changed, and {what} can not be brought up to date: {reason}\n{diff}\n',
    fix: '{fix}',
  },
  FUNCTION_FAILED: {
    actor: 'user',
    what: 'the function given to {verb} threw {reason}',
    fix: 'make the function handle this row; its own stack is in error.cause',
  },
  FUNCTION_RESULT: {
    actor: 'user',
    what: 'the function given to {verb} returned {given}',
    fix: 'return {wanted}, synchronously',
  },
  LOOKUP_TIMEOUT: {
    actor: 'environment',
    what: 'the function given to enrich gave no answer within {timeout} milliseconds',
    fix: "allow more time ({ timeout: '2 minutes' }), ask for fewer rows at once ({ batch: 50 }), or see what its service is doing",
  },
  BAD_TIMER: { actor: 'user', what: 'the timer {name} can not be set: {reason}', fix: '{fix}' },
  BAD_GROUP_STATE: { actor: 'user', what: 'the state of a group can not do this: {reason}', fix: '{fix}' },
  STATE_VERSION: {
    actor: 'user',
    what: 'a state of {verb} that was saved with version {from} can not become version {to}: {missing}',
    fix: 'give process the version and every step up to it: { version: 2, migrate: { 2: old => … } }',
  },
  INITIAL_STATE_TWICE: {
    actor: 'data',
    what: 'the initial state has several rows for the key {key}',
    fix: 'make it one row a key: aggregate it by the key before',
  },
  // -- runtime
  ENGINE_CLOSED: { actor: 'user', what: 'the engine is closed', fix: 'make a new one with millrace()' },
  RUN_EXISTS: {
    actor: 'user',
    what: 'a run with the id {id} is going on already',
    fix: 'stop it first, or give the other run another id',
  },
  BAD_RUN: { actor: 'user', what: 'the run can not start: {reason}', fix: '{fix}' },
  CANCELLED: { actor: 'user', what: 'stopped by its signal', fix: 'none needed: the caller asked for it' },
  OPERATOR_FAILED: {
    actor: 'user',
    what: '{reason}',
    fix: 'see the cause; a function of the query must not throw',
  },
  ITERATION_VARIABLE: {
    actor: 'user',
    what: 'a table that the step of an iteration was given is used outside of it',
    fix: 'use the result of the iteration, or build what you need within its step',
  },
  FEEDBACK_OVERFLOW: {
    actor: 'user',
    what: '{rows} rows go through the feedback loop at once, and {limit} may',
    fix: 'raise inFlight, or let a row become fewer rows that go again',
  },
  ITERATION_NOT_CONVERGED: {
    actor: 'user',
    what: 'after {rounds} rounds the iteration still changes ({rows} rows in the last)',
    fix: 'raise maxRounds if it takes more rounds; if it would never end, let the step make no new rows without bound: distinct, a limit on what grows, values rounded to a tolerance',
  },
  // -- host, connectors
  DISK_FULL: {
    actor: 'environment',
    what: 'the disk is full: {path} can not be written',
    fix: 'free some space and start again: nothing that was committed is lost, the run goes on where it was',
  },
  DISK_DENIED: {
    actor: 'environment',
    what: '{path} may not be written or read: {reason}',
    fix: 'give this user the rights, or choose another folder',
  },
  DISK_MISSING: { actor: 'environment', what: '{path} does not exist', fix: 'check the path' },
  DISK_FAILED: {
    actor: 'environment',
    what: 'the disk failed at {path}: {reason}',
    fix: 'check the disk and start again: what was committed is safe',
  },
  DISK_SHORT: {
    actor: 'environment',
    what: '{path} has {bytes} bytes where {wanted} were made durable',
    fix: 'the file was cut from outside or the device lost data: restore it from a copy, or start the query anew',
  },
  NO_INPUT: {
    actor: 'user',
    what: "no file matches '{pattern}'",
    fix: "check the path and the working directory; for files that come later pass { until: 'forever' }",
  },
  FILE_CHANGED: {
    actor: 'data',
    what: '{path} {how} since it was read',
    fix: 'put finished files into the folder (write elsewhere, then rename); for files that grow pass { follow: true }',
  },
  BAD_PARQUET: {
    actor: 'data',
    what: '{path} can not be read as Parquet: {reason}',
    fix: 'check that the file is whole and of this format; LZO compression is not read',
  },
  FILE_CORRUPT: {
    actor: 'data',
    what: '{path} can not be decompressed: {reason}',
    fix: 'copy the file again from where it came, or remove it',
  },
  TOO_MANY_BAD_ROWS: {
    actor: 'data',
    what: '{bad} rows could not be decoded, more than maxBad allows ({allowed})',
    fix: 'look at the rows in .errors, correct the schema or the input, or raise maxBad',
  },
  BAD_OFFSET: {
    actor: 'millrace',
    what: 'the logged position of {source} can not be used: {reason}',
    fix: 'the state folder was altered or belongs to another query: restore it, or start the query anew',
  },
  BAD_OPTION: { actor: 'user', what: 'the option {option} of {of} is not usable: {reason}', fix: '{fix}' },
  INPUT_CLOSED: {
    actor: 'user',
    what: 'rows were pushed into the memory input {name} after close()',
    fix: 'push before close(), or make a new input',
  },
  INPUT_FAILED: {
    actor: 'user',
    what: 'what feeds the input {name} failed: {reason}',
    fix: 'correct what produces the rows; rows before the failure were delivered',
  },
  INPUT_TAKEN: {
    actor: 'user',
    what: '{name} can be read once, and another query has read it',
    fix: 'write it to a file and read that, or make a materialized view of it and query the view',
  },
  SOCKET_FAILED: {
    actor: 'environment',
    what: 'the connection to {name} failed {attempts} times: {reason}',
    fix: 'check that the server runs and listens there, or raise { reconnect: { attempts } }',
  },
  SINK_TAKEN: {
    actor: 'user',
    what: 'the folder {path} is written by the query {owner}',
    fix: 'give each query a folder of its own',
  },
  SINK_ALTERED: {
    actor: 'environment',
    what: 'the output folder {path} does not fit its manifest: {reason}',
    fix: 'restore the folder from a copy, or remove it together with the state of the query and start anew',
  },
  SINK_FAILED: {
    actor: 'user',
    what: 'the function {fn} of the sink {name} threw: {reason}',
    fix: 'correct the function; the epoch was not committed and will be delivered again',
  },
  // -- testing, cli
  NO_INPUT_NAMED: {
    actor: 'user',
    what: "the input '{name}' is not known: {reason}",
    fix: 'use the name of one of {names}, or the table that reads it',
  },
  NO_PARTITION: {
    actor: 'user',
    what: 'rows were pushed to partition {partition} of {name}, whose last is {last}',
    fix: 'ask for more: testing(table, { partitions: 3 })',
  },
  BAD_WEIGHT: {
    actor: 'user',
    what: 'rows of weight {weight} can not be pushed into {name}',
    fix: 'use a whole number that is not 0; negative ones need an input whose rows may go: { weights: true }',
  },
  BAD_TABLE: {
    actor: 'user',
    what: 'the expected table is not a Markdown table: {reason}',
    fix: 'write a header line and a line per row, cells between |',
  },
  REPLAY_DIFFERS: {
    actor: 'user',
    what: 'epoch {epoch} came out differently when it was done again after a crash (- before, + after):\n\n{difference}\n',
    fix: 'a function of the query must give the same for the same row: no clock, no randomness, no memory of its own',
  },
  BAD_TEST: { actor: 'user', what: 'the test run can not do this: {reason}', fix: '{fix}' },
  NO_JOB: { actor: 'user', what: '{file} is not a job: {reason}', fix: '{fix}' },
  USAGE: { actor: 'user', what: '{reason}', fix: '{fix}' },
} as const satisfies Record<string, Entry>

/** A stable error code. */
export type ErrorCode = keyof typeof catalogue

/** Where in the input something happened. Lines and rows count from 1, bytes from 0. */
export interface Position {
  readonly source: string
  readonly line?: number
  readonly byte?: number
  readonly row?: number
  readonly column?: string
  /** The offending text, shortened. */
  readonly text?: string
}

/** In which query, which operator, and at which place of the input. */
export interface Where {
  readonly query?: string
  readonly operator?: string
  readonly position?: Position
}

export type Params = Readonly<Record<string, unknown>>

/**
 * The only error class of millrace.
 *
 * @example
 * import { MillraceError } from 'millrace'
 * const e = new MillraceError('BAD_DURATION', { text: 'soon' })
 * if (e.code !== 'BAD_DURATION' || e.actor !== 'user') throw e
 */
export class MillraceError extends Error {
  override readonly name = 'MillraceError'
  readonly code: ErrorCode
  readonly actor: Actor
  readonly hint: string
  readonly params: Params
  readonly where: Where

  constructor(code: ErrorCode, params: Params = {}, where: Where = {}, cause?: unknown) {
    const entry: Entry = catalogue[code]
    const what = fill(entry.what, params)
    const hint = fill(entry.fix, params)
    const place = describeWhere(where)
    super(
      `${code}: ${what}${place === '' ? '' : ` (${place})`}. To fix: ${hint}.`,
      cause === undefined ? undefined : { cause },
    )
    this.code = code
    this.actor = entry.actor
    this.hint = hint
    this.params = params
    this.where = where
  }

  /** The same error, told with a place that only an outer caller knows; what is known already stays. */
  at(outer: Where): MillraceError {
    const merged = new MillraceError(this.code, this.params, { ...outer, ...this.where }, this.cause)
    if (this.stack !== undefined) merged.stack = this.stack.replace(this.message, merged.message)
    return merged
  }
}

/** Throw the catalogue's error `code`. */
export function fail(code: ErrorCode, params: Params = {}, where: Where = {}, cause?: unknown): never {
  throw new MillraceError(code, params, where, cause)
}

/** Any value as text; what can't be one (a bare object, one whose toString throws) is named by its type. */
function textOf(value: unknown): string {
  try {
    return String(value)
  } catch {
    return typeof value
  }
}

/** Shorten text from outside for a message: control characters escaped, at most `max` characters. */
export function excerpt(value: unknown, max = 80): string {
  const text = textOf(value)
  const shown = JSON.stringify(text.length > max ? `${text.slice(0, max)}…` : text)
  return shown.slice(1, -1)
}

/** A position as words: `a.jsonl line 3, byte 120, column price`. */
export function describePosition(at: Position): string {
  if (at === null || typeof at !== 'object') return textOf(at)
  const parts = [at.source]
  if (at.line !== undefined) parts[0] = `${at.source} line ${at.line}`
  if (at.row !== undefined) parts.push(`row ${at.row}`)
  if (at.byte !== undefined) parts.push(`byte ${at.byte}`)
  if (at.column !== undefined) parts.push(`column ${at.column}`)
  if (at.text !== undefined) parts.push(`at '${excerpt(at.text)}'`)
  return parts.join(', ')
}

function describeWhere(where: Where): string {
  const parts: string[] = []
  if (where.query !== undefined) parts.push(`query ${textOf(where.query)}`)
  if (where.operator !== undefined) parts.push(`operator ${excerpt(where.operator, 200)}`)
  if (where.position !== undefined) parts.push(describePosition(where.position))
  return parts.join(', ')
}

function fill(template: string, params: Params): string {
  return template.replace(/\{(\w+)\}/g, (whole, key: string) => (key in params ? textOf(params[key]) : whole))
}
