// Law 8 for numerics: random arithmetic, functions and aggregates of them give PostgreSQL's text, or both refuse. What has
// more digits than a decimal may be refused here alone.
import assert from 'node:assert/strict'
import { after } from 'node:test'
import { MillraceError, millrace } from '../../src/index.ts'
import { type Rng, seeded } from '../support/seed.ts'
import { postgres } from './support/postgres.ts'

const oracle = await postgres()
after(() => oracle.close())
const m = await millrace({ dir: false })
const QUERIES = 40

function digits(rng: Rng): string {
  const count = rng.oneIn(4) ? rng.int(6, 14) : rng.int(1, 5)
  const scale = rng.oneIn(3) ? 0 : rng.int(1, rng.oneIn(3) ? 9 : 3)
  const text = Array.from({ length: count }, () => rng.int(0, 9)).join('')
  const whole = text.slice(0, Math.max(count - scale, 0)) || '0'
  const sign = rng.oneIn(4) ? '-' : ''
  return scale === 0 ? sign + text : `${sign}${whole}.${text.slice(Math.max(count - scale, 0)).padStart(scale, '0')}`
}

const number = (rng: Rng): string => `(${digits(rng)})::numeric`
const within = (rng: Rng, from: number, to: number): string =>
  `(${(from + rng.double() * (to - from)).toFixed(rng.int(0, 5))})::numeric`

const forms: readonly ((rng: Rng) => string)[] = [
  rng => `${number(rng)} + ${number(rng)}`,
  rng => `${number(rng)} * ${number(rng)}`,
  rng => `${number(rng)} / ${number(rng)}`,
  rng => `mod(${number(rng)}, ${number(rng)})`,
  rng => `div(${number(rng)}, ${number(rng)})`,
  rng => `round(${number(rng)}, ${rng.int(-3, 6)})`,
  rng => `trunc(${number(rng)}, ${rng.int(-3, 6)})`,
  rng => `sqrt(${number(rng)})`,
  rng => `exp(${within(rng, -20, 20)})`,
  rng => `ln(${number(rng)})`,
  rng => `log(${number(rng)}, ${number(rng)})`,
  rng => `power(${number(rng)}, ${rng.int(-3, 5)})`,
  rng => `power(${within(rng, 0, 20)}, ${within(rng, -3, 3)})`,
  rng => `${number(rng)}::numeric(${rng.int(3, 9)}, ${rng.int(0, 3)})`,
  rng => {
    const fn = rng.pick(['avg', 'sum', 'stddev', 'variance', 'var_pop', 'stddev_pop'])
    const values = Array.from({ length: 3 }, () => `(${number(rng)})`).join()
    return `(select ${fn}(column1) from (values ${values}, (null)) v)`
  },
]

async function mine(query: string): Promise<{ text: string } | { refused: string }> {
  try {
    const [row] = await (await m.sql(query)).collect()
    return { text: String(Object.values(row as object)[0]) }
  } catch (error) {
    if (!(error instanceof MillraceError)) throw error
    return { refused: error.code }
  }
}

const isLong = (text: string): boolean => text.replace(/[-.]/g, '').replace(/^0+/, '').length > 36

seeded(
  'numerics are PostgreSQL’s',
  async rng => {
    for (let i = 0; i < QUERIES; i++) {
      const query = `select (${rng.pick(forms)(rng)})::text`
      const theirs = await oracle.ask(query)
      const ours = await mine(query)
      if ('refused' in theirs) assert.ok('refused' in ours, `${query}: PostgreSQL refuses it: ${theirs.refused}`)
      else if ('text' in ours) assert.equal(ours.text, theirs.rows[0], query)
      else assert.ok(ours.refused === 'NUMERIC_OVERFLOW' && isLong(theirs.rows[0] ?? ''), `${query}: ${ours.refused}`)
    }
  },
  { runs: 5, long: 200 },
)
