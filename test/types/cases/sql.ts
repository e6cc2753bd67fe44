// The rows of a query's text.
import { millrace, type Table } from 'millrace'

declare module 'millrace' {
  interface SqlTables {
    flights: { carrier: string; origin: string; delay: number | null; at: Date }
    carriers: { code: string; name: string; size: number }
  }
}

const m = await millrace({ dir: false })
type Rows<T> = T extends Promise<Table<infer Row, 'update'>> ? Row : never
type Is<A, B> = [A, B] extends [B, A] ? true : false
const holds = <_T extends true>(): void => {}

const plain = m.sql('SELECT carrier, delay FROM flights WHERE delay > 3')
holds<Is<Rows<typeof plain>, { carrier: string; delay: number | null }>>()

const grouped = m.sql(`
  select f.carrier, count(*) as n, max(f.delay) AS worst, sum(delay) AS all_of_it, count(distinct origin) AS places
  from flights f
  where f.origin = 'a, b FROM c' group by f.carrier order by n desc limit 3`)
holds<
  Is<
    Rows<typeof grouped>,
    { carrier: string; n: number; worst: number | null; all_of_it: number | null; places: number }
  >
>()

const joined = m.sql(
  'SELECT f.carrier, c.name, size::text AS size, at FROM flights AS f LEFT JOIN carriers c ON c.code = f.carrier',
)
holds<Is<Rows<typeof joined>, { carrier: string; name: string | null; size: string | null; at: Date }>>()

const inner = m.sql('SELECT name, 1 AS one FROM flights JOIN carriers ON carrier = code, carriers x')
holds<Is<Rows<typeof inner>, { name: string; one: number }>>()

const large = m.sql('SELECT 123456789012345 AS small, 9007199254740993 AS large FROM carriers')
holds<Is<Rows<typeof large>, { small: number; large: number | bigint }>>()

const all = m.sql('SELECT * FROM carriers')
holds<Is<Rows<typeof all>, { code: string; name: string; size: number }>>()

const ranked = m.sql('SELECT code, row_number() OVER (ORDER BY size) AS place FROM carriers')
holds<Is<Rows<typeof ranked>, { code: string; place: number }>>()

const cased = m.sql('SELECT CARRIER, f.Delay AS Late, sum(delay) OVER (ORDER BY at), delay + 1 FROM flights F')
holds<Is<Rows<typeof cased>, { carrier: string; late: number | null; sum: unknown }>>()

// What is not understood is unknown: a column, or the row.
const partly = m.sql('SELECT code, upper(name) AS loud, size + 1 AS more, round(size, 2) AS r FROM carriers')
holds<Is<Rows<typeof partly>, { code: string; loud: unknown; more: unknown; r: unknown }>>()
const union = m.sql('SELECT code FROM carriers UNION SELECT carrier FROM flights')
holds<Is<Rows<typeof union>, Record<string, unknown>>>()
const nested = m.sql('SELECT n FROM (SELECT count(*) AS n FROM flights) q')
holds<Is<Rows<typeof nested>, Record<string, unknown>>>()
const file = m.sql("SELECT a FROM 'data/*.jsonl'")
holds<Is<Rows<typeof file>, Record<string, unknown>>>()
const hours = m.sql('SELECT extract(hour FROM at) AS hour FROM flights')
holds<Is<Rows<typeof hours>, Record<string, unknown>>>()
const text: string = 'SELECT 1'
const later = m.sql(text)
holds<Is<Rows<typeof later>, Record<string, unknown>>>()

// The row can be said.
const said = m.sql<{ n: number }>(text)
holds<Is<Rows<typeof said>, { n: number }>>()

// error: Property 'nothing' does not exist
const wrong = (await plain.then(each => each.collect())).map(row => row.nothing)

export { wrong }
