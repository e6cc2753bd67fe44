// What an @example without imports starts from (scripts/doc-blocks.ts).
import assert from 'node:assert/strict'
import {
  and,
  availableNow,
  coalesce,
  concat,
  continuous,
  every,
  list,
  lit,
  millrace,
  not,
  now,
  once,
  or,
  read,
  split,
  struct,
  t,
  when,
  write,
} from 'millrace'

const rides = read.json('rides.jsonl', {
  schema: t.row({ at: t.timestamp(), zone: t.string(), fare: t.double(), tip: t.double().nullable() }),
  time: 'at',
})
