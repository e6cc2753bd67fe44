// Sums, means and spreads of decimals over frames: exact, with PostgreSQL's digits. What was added so far can be carried as
// 64-bit words: the counts of rows, NaNs and infinities, the most digits that a value shows, the sum, the sum of squares.
import { fail, MillraceError } from '../../base/index.ts'
import { checked, type Decimal, divided, isSpecial, stripped, ten } from '../../data/index.ts'
import { DECIMAL_SCALE } from '../../types/index.ts'
import { spreadOf } from '../aggregates/exact-results.ts'

const SUM_WORDS = 8
const SQUARE_WORDS = 16
/** How many words carry it. */
export const DECIMAL_WORDS = 5 + SUM_WORDS + SQUARE_WORDS

export class DecimalFold {
  readonly #values: readonly Decimal[]
  #sum = 0n
  #squares = 0n
  #nans = 0
  #up = 0
  #down = 0
  #scale = 0
  count = 0

  constructor(values: readonly Decimal[]) {
    this.#values = values
  }

  clear(): void {
    this.#sum = this.#squares = 0n
    this.count = this.#nans = this.#up = this.#down = this.#scale = 0
  }

  add(entry: number): void {
    const value = this.#values[entry] as Decimal
    this.count++
    if (value === 'NaN') this.#nans++
    else if (value === 'Infinity') this.#up++
    else if (value === '-Infinity') this.#down++
    else {
      const units = value.coefficient * ten(DECIMAL_SCALE - value.scale)
      this.#sum += units
      this.#squares += units * units
      this.#scale = Math.max(this.#scale, value.scale)
    }
  }

  /** Undefined: there are too few values. */
  result(fn: string, name: string): Decimal | undefined {
    if (this.count < (fn.endsWith('_samp') ? 2 : 1)) return undefined
    try {
      return this.#result(fn)
    } catch (error) {
      if (!(error instanceof MillraceError) || error.code !== 'NUMERIC_OVERFLOW') throw error
      return fail('NUMERIC_OVERFLOW', {
        expression: `the ${fn} '${name}'`,
        type: 'decimal',
        arguments: 'the rows of a frame',
      })
    }
  }

  #result(fn: string): Decimal {
    const sum = this.#total()
    const n = BigInt(this.count)
    if (fn === 'sum') return checked(sum)
    if (fn === 'avg') return isSpecial(sum) ? sum : divided(sum, { coefficient: n, scale: 0 })
    if (isSpecial(sum)) return 'NaN'
    const spread = { coefficient: n * this.#squares - this.#sum * this.#sum, scale: 2 * DECIMAL_SCALE }
    return spreadOf(stripped(spread, 2 * sum.scale), n, fn)
  }

  #total(): Decimal {
    if (this.#nans > 0 || (this.#up > 0 && this.#down > 0)) return 'NaN'
    if (this.#up > 0) return 'Infinity'
    if (this.#down > 0) return '-Infinity'
    return stripped({ coefficient: this.#sum, scale: DECIMAL_SCALE }, this.#scale)
  }

  give(): readonly bigint[] {
    const counts = [this.count, this.#nans, this.#up, this.#down, this.#scale].map(BigInt)
    return [...counts, ...wordsOf(this.#sum, SUM_WORDS), ...wordsOf(this.#squares, SQUARE_WORDS)]
  }

  take(carried: readonly (bigint | number)[]): void {
    const words = carried as readonly bigint[]
    const [count, nans, up, down, scale] = words.slice(0, 5).map(Number) as [number, number, number, number, number]
    this.count = count
    this.#nans = nans
    this.#up = up
    this.#down = down
    this.#scale = scale
    this.#sum = integerOf(words.slice(5, 5 + SUM_WORDS))
    this.#squares = integerOf(words.slice(5 + SUM_WORDS))
  }
}

const wordsOf = (value: bigint, count: number): bigint[] =>
  Array.from({ length: count }, (_, i) => BigInt.asIntN(64, value >> BigInt(64 * i)))

const integerOf = (words: readonly bigint[]): bigint =>
  words.reduceRight((value, word, i) => (i === words.length - 1 ? word : (value << 64n) | BigInt.asUintN(64, word)), 0n)
