export * from './checkpoint.ts'
export { crc32c } from './crc.ts'
export * from './entries.ts'
export { folderOf, queryFolder } from './folder.ts'
