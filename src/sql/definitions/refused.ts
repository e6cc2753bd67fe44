// Statements that PostgreSQL has and millrace has not, by the names that people know them by, each with what to do instead.
import type { Node, Script } from '../parser.ts'
import { unsupported } from '../refuse.ts'
import { kindName } from '../tree.ts'

const TRANSACTIONS: Readonly<Record<string, string>> = {
  TRANS_STMT_BEGIN: 'BEGIN',
  TRANS_STMT_START: 'START TRANSACTION',
  TRANS_STMT_COMMIT: 'COMMIT',
  TRANS_STMT_ROLLBACK: 'ROLLBACK',
  TRANS_STMT_SAVEPOINT: 'SAVEPOINT',
}

/** By the kind of the tree: its name, and what to do. */
const STATEMENTS: Readonly<Record<string, readonly [name: string, fix: string]>> = {
  IndexStmt: ['CREATE INDEX', 'leave it out: joins and keys keep what they need by themselves'],
  AlterTableStmt: ['ALTER TABLE', 'make the table anew: CREATE TABLE … AS SELECT …, then DROP TABLE'],
  RenameStmt: ['ALTER … RENAME', 'make it anew under the other name'],
  CreateSchemaStmt: ['CREATE SCHEMA', 'leave it out: all tables are in one place'],
  CreateSeqStmt: ['CREATE SEQUENCE', 'give the numbers, or row_number() OVER (ORDER BY …)'],
  CreateFunctionStmt: ['CREATE FUNCTION', 'docs/functions.md lists the functions; others are for the typed API'],
  CreateEnumStmt: ['CREATE TYPE', 'use text with a CHECK'],
  CreateDomainStmt: ['CREATE DOMAIN', 'use the type with a CHECK'],
  CreateTrigStmt: ['CREATE TRIGGER', 'make a materialized view: it follows each statement'],
  RefreshMatViewStmt: ['REFRESH MATERIALIZED VIEW', 'leave it out: a materialized view is always up to date'],
  VacuumStmt: ['VACUUM and ANALYZE', 'leave it out: nothing has to be cleaned up'],
  GrantStmt: ['GRANT and REVOKE', 'leave it out: there are no users'],
  LockStmt: ['LOCK', 'leave it out: statements that change rows are done one after another'],
  DeclareCursorStmt: ['DECLARE', 'read the table of the query: for await (const row of table)'],
  DoStmt: ['DO', 'write the statements themselves'],
  CommentStmt: ['COMMENT', 'write -- a comment'],
}

export function refuseStatement(tree: Node, { text }: Script): never {
  if ('TransactionStmt' in tree) {
    const { kind = '', location } = tree.TransactionStmt
    const name = TRANSACTIONS[kind] ?? 'this statement of transactions'
    const fix = 'leave it out: each statement is done as a whole or not at all, and several are not one'
    return unsupported(text, location, name, fix)
  }
  const [name, fix] = STATEMENTS[kindName(tree)] ?? [kindName(tree), 'docs/sql-statements.md lists the statements']
  return unsupported(text, undefined, name, fix)
}
