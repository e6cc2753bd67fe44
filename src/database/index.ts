export { type Database, type DatabaseOptions, databaseOf, type Outcome, type SqlOptions } from './database.ts'
