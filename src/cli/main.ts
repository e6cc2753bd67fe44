#!/usr/bin/env node
// The command `millrace`. What is compiled is kept for the next start, where Node can: so nothing is loaded before that is said.
import { enableCompileCache } from 'node:module'

enableCompileCache?.()
const { start } = await import('./start.ts')
await start()
