export {
  type Database,
  type DatabaseOptions,
  databaseOf,
  type OpenDatabase,
  type Outcome,
  type SqlOptions,
} from './database.ts'
