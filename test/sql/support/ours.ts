// This side: a database that the same statements set up, asked as a batch.
import { type Millrace, MillraceError, read, type Table } from '../../../src/index.ts'
import { type Answer, type Refusal, shown } from './postgres.ts'

export type Asked = Table<Record<string, unknown>, 'update'>

export interface Ours {
  /** The table that a query is. */
  table(query: string): Promise<Asked>
  /** Its rows now. */
  ask(query: string): Promise<Answer | Refusal>
  /** What a statement of any kind comes to: its tag, its rows, or its refusal. */
  tell(statement: string): Promise<readonly string[]>
  /** What is in a table now. */
  rowsOf(name: string): Promise<readonly object[]>
  close(): Promise<void>
}

/** @param setUp CREATE TABLE and INSERT; a line `-- event time: t.at` gives a table the event time that WITH gives to inputs */
export async function ours(m: Millrace, setUp: string): Promise<Ours> {
  for await (const _ of m.execute(setUp));
  for (const [, name, time] of setUp.matchAll(/^-- event time: (\w+)\.(\w+)$/gm))
    await giveTime(m, `${name}`, `${time}`)
  return {
    table: query => m.sql(query),
    ask: query => answered(async () => (await m.sql(query)).collect()),
    tell: statement => told(m, statement),
    rowsOf: async name => (await m.sql(`TABLE ${name}`)).collect(),
    close: () => close(m),
  }
}

/** The same rows as an input that has event time, none of them late. */
async function giveTime(m: Millrace, name: string, time: string): Promise<void> {
  const table = await m.sql(`TABLE ${name}`)
  const rows = await table.collect()
  const { table: timed, push } = read.memory(table.schema, {
    name,
    time,
    lateBy: '365 days',
    idleAfter: 'never',
    weights: true,
  } as never)
  await push(rows as never)
  m.register(name, timed)
}

const close = async (m: Millrace): Promise<void> => m[Symbol.asyncDispose]()

async function told(m: Millrace, statement: string): Promise<readonly string[]> {
  let done = ''
  const answer = await answered(async () => {
    for await (const outcome of m.execute(statement)) {
      if (outcome.kind === 'rows') return outcome.table.collect()
      done = outcome.tag
    }
    return []
  })
  if ('refused' in answer) return [`refused ${answer.code}`, ...answer.refused.split('\n').filter(each => each !== '')]
  return done === '' ? answer.rows.flatMap(each => each.split('\n')) : [done]
}

/** Rows as text; a refusal is one of the catalogue, anything else a defect. */
export async function answered(rows: () => Promise<readonly object[]>): Promise<Answer | Refusal> {
  try {
    return { rows: (await rows()).map(textOf) }
  } catch (error) {
    if (!(error instanceof MillraceError) || error.actor === 'millrace') throw error
    return { refused: error.message, code: error.code }
  }
}

export const textOf = (row: object): string => Object.values(row).map(shown).join('|')
