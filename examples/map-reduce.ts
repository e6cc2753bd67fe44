// MapReduce (Dean and Ghemawat, OSDI 2004): the classic word count in map, shuffle by key, reduce. A task of the map is a question
// of `enrich`: one that fails is run again, alone, and the others go on. In one process that is all it means: a function that
// threw is called again with the same documents. A process that dies goes on from its last epoch (docs/exactly-once.md).
import { read, t } from 'millrace'

const documents = read.from(
  [
    { name: 'one', text: 'the mill race' },
    { name: 'two', text: 'the mill and the stream' },
    { name: 'three', text: 'a stream of rows' },
  ],
  { schema: t.row({ name: t.string(), text: t.string() }) },
)

/** How often the map of each document was run. */
const runs = new Map<string, number>()

/** map(name, text) → words. The first run over document two fails, as machines do. */
function mapTask(name: string, text: string): string[] {
  runs.set(name, (runs.get(name) ?? 0) + 1)
  if (name === 'two' && runs.get(name) === 1) throw new Error('the machine of task two is gone')
  return text.split(' ')
}

// Map: a task per document, two at once, each run again up to three times.
const mapped = documents.enrich(async docs => docs.map(({ name, text }) => ({ words: mapTask(name, text) })), {
  columns: t.row({ words: t.json<string[]>() }),
  batch: 1,
  concurrency: 2,
  retries: 3,
  backoff: '10 milliseconds',
})
const pairs = mapped.flatMap(doc => doc.words.map(word => ({ word, n: 1 })), t.row({ word: t.string(), n: t.int() }))

// Shuffle by key, then reduce(word, pairs): called once for each word, with all of its pairs.
const counts = pairs
  .keyBy('word')
  .mapGroupsWithState((word, ofWord) => ({ word, n: ofWord.reduce((sum, pair) => sum + pair.n, 0) }), {
    output: t.row({ word: t.string(), n: t.int() }),
  })

console.table(await counts.orderBy(row => [row.n.desc(), row.word.asc()]).collect())
console.log('runs of each task:', Object.fromEntries(runs))
if (runs.get('two') !== 2 || runs.get('one') !== 1 || runs.get('three') !== 1)
  throw new Error('only the task that failed is run again')

// The same without tasks: the engine's own verbs, which keep the counts up to date as documents come.
const short = documents
  .flatMap(doc => doc.text.split(' ').map(word => ({ word })), t.row({ word: t.string() }))
  .groupBy('word')
  .agg(group => ({ n: group.count() }))
const [a, b] = [await counts.orderBy(row => row.word).collect(), await short.orderBy(row => row.word).collect()]
if (JSON.stringify(a) !== JSON.stringify(b)) throw new Error('both count the same')
