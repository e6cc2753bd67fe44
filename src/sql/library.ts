// PostgreSQL's own parser (libpg-query, WebAssembly). Importing this file loads it and needs nothing else, so that it can be
// compiled while the rest is read (src/cli/start.ts).
import { hasSqlDetails, loadModule, parseSync, scanSync } from 'libpg-query'

export type * from 'libpg-query'

await loadModule()
// What every statement needs is compiled while the parser is loaded, as whoever loads it asks for (src/host/tier-up.ts).
parseSync('SELECT 1')

export const library = { parse: parseSync, scan: scanSync, hasDetails: hasSqlDetails }
