// Decimals: text in rows, exact in expressions.
import { type Decimal, read, t } from 'millrace'

const Sale = t.row({ price: t.decimal(12, 2), rate: t.decimal().nullable(), n: t.bigint() })
const sales = read.from([{ price: '1.10', rate: null, n: 2n }], { schema: Sale })

const net = sales.select(s => ({
  total: s.price.mul(s.n).mul(0.908),
  rated: s.price.mul(s.rate),
  cents: s.price.round(1).eq('1.1'),
}))
const rows: Promise<{ total: Decimal; rated: Decimal | null; cents: boolean }[]> = net.collect()

const sums = sales.groupBy('rate').agg(g => ({ sum: g.price.sum(), mean: g.price.avg(), most: g.price.max() }))
const totals: Promise<{ rate: Decimal | null; sum: Decimal; mean: Decimal; most: Decimal }[]> = sums.collect()

// error: is not assignable
sales.where(s => s.price.add(true).gt(1))

export { rows, totals }
