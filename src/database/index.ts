export { type Database, databaseOf, type SqlOptions } from './database.ts'
