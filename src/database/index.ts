export {
  type Database,
  type DatabaseOptions,
  databaseOf,
  type ExecuteOptions,
  type OpenDatabase,
  type Outcome,
  type SqlOptions,
} from './database.ts'
export { taggedQuery } from './tag.ts'
export { type Checked, type Finding, type Verifier, verifierOf } from './verify.ts'
