// The log that both ways read: two days of page views in files of history, a third that is still being written, in which two
// views of the second day arrive late.
import { mkdirSync, writeFileSync } from 'node:fs'
import { t } from 'millrace'

export const View = t.row({ at: t.timestamp(), page: t.string(), visitor: t.string() })

const days: Readonly<Record<string, readonly string[]>> = {
  'history/2026-03-01.jsonl': ['01T08:00 home ann', '01T09:30 home bob', '01T10:00 docs ann', '01T22:10 home ann'],
  'history/2026-03-02.jsonl': ['02T07:15 home bob', '02T07:20 docs bob', '02T18:40 docs cid', '02T23:50 home ann'],
  'live/2026-03-03.jsonl': [
    '03T00:05 home cid',
    '02T23:55 home ann', // sent by a phone that had no network
    '03T06:30 docs ann',
    '02T18:45 docs dan', // another one
    '03T07:00 home bob',
  ],
}

export function writeLog(): void {
  for (const [file, views] of Object.entries(days)) {
    mkdirSync(file.slice(0, file.indexOf('/')), { recursive: true })
    writeFileSync(file, `${views.map(asJson).join('\n')}\n`)
  }
}

function asJson(view: string): string {
  const [time, page, visitor] = view.split(' ')
  return JSON.stringify({ at: `2026-03-${time}:00Z`, page, visitor })
}
