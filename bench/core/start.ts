// What a script waits for before its first result: loading the package, compiling its kernels, one small query.
import { report } from '../support/measure.ts'

const started = performance.now()
const { read, t } = await import('millrace')
const rows = await read.from([{ word: 'a' }], { schema: t.row({ word: t.string() }) }).collect()
report((performance.now() - started) / 1000, () => rows.map(row => row.word))
