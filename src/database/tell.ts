// SHOW, DESCRIBE and EXPLAIN: what there is, as rows.
import { excerpt, fail } from '../base/index.ts'
import { resultSink } from '../connectors/index.ts'
import { suggestion } from '../expr/index.ts'
import { explainText, type Node, optimise, schema } from '../plan/index.ts'
import { deliver, stagesOf } from '../runtime/index.ts'
import { definitionOf, type Statement, unsupported } from '../sql/index.ts'
import { type Field, field, scalars, schemaOf, showType } from '../types/index.ts'
import { bound } from './catalog.ts'
import { plannedFor, storeNamed } from './change.ts'
import { viewNode } from './define.ts'
import { plannedFor as plannedInsertFor } from './insert.ts'
import { isWhole, outputFor, rowsForSink, wholeFor } from './jobs.ts'
import type { Given, Place } from './place.ts'
import { relationNamed } from './relation.ts'
import { tableOfRows } from './rows.ts'
import { isSetting } from './settings.ts'

const TEXT = (name: string): Field => field(name, scalars.string, true)

/** Rows of texts as a table. */
function told(columns: readonly string[], rows: readonly Readonly<Record<string, unknown>>[]): Node {
  return tableOfRows(schemaOf(columns.map(TEXT)), rows)
}

export async function show(name: string, { script }: Given, place: Place): Promise<Node> {
  const { relations, settings, jobs, views } = place
  if (name === 'tables' || name === 'views') {
    const found = [...relations].filter(([, { kind }]) => name === 'tables' || kind !== 'table')
    return told(['name', 'kind'], found.map(([each, { kind }]) => ({ name: each, kind })).sort(byName))
  }
  if (name === 'jobs') {
    const runs = [...jobs.runs, ...views.runs]
    return told(
      ['name', 'status'],
      runs.map(each => ({ name: each.name, status: each.status })),
    )
  }
  if (name === 'all') return told(['name', 'setting', 'description'], settings.all())
  if (isSetting(name)) return told([name], [{ [name]: settings.get(name) }])
  return unsupported(
    script.text,
    undefined,
    `SHOW ${excerpt(name)}`,
    'there are SHOW TABLES, VIEWS, JOBS, ALL, and the settings',
  )
}

const byName = (a: { name: string }, b: { name: string }): number => (a.name < b.name ? -1 : 1)

export async function describe(query: Statement, given: Given, place: Place): Promise<Node> {
  return columnsTold(await bound(query, given, place))
}

function columnsTold(node: Node): Node {
  const { fields } = schema(node)
  return told(
    ['column', 'type', 'null'],
    fields.map(({ name, type, nullable }) => ({ column: name, type: showType(type), null: nullable ? 'yes' : 'no' })),
  )
}

/** The columns of something that has a name. */
export async function describeNamed(name: string, { relations }: Place): Promise<Node> {
  const { node } =
    relations.get(name) ?? fail('NO_TABLE', { name, suggestion: suggestion(name, [...relations.keys()]) })
  return columnsTold(node === undefined ? fail('NOT_READABLE', { name }) : await node())
}

export async function explain(of: Statement, analyze: boolean, given: Given, place: Place): Promise<Node> {
  const definition = definitionOf(of, given.script)
  if (definition.kind === 'insert') return explainInsert(definition, analyze, given, place)
  const node = await nodeOf(of, given, place)
  const lines = place.session.explain(node).split('\n')
  return plan(analyze ? [...lines, await analyzed(node, given.signal, place)] : lines)
}

/** What a statement computes. */
async function nodeOf(of: Statement, given: Given, place: Place): Promise<Node> {
  const definition = definitionOf(of, given.script)
  if (definition.kind === 'create materialized view') return viewNode(definition, given, place)
  if (definition.kind !== 'update' && definition.kind !== 'delete')
    return bound('query' in definition ? definition.query : of, given, place)
  return (await plannedFor(definition, storeNamed(definition, given, place), given, place)).node
}

async function explainInsert(
  definition: Extract<ReturnType<typeof definitionOf>, { kind: 'insert' }>,
  analyze: boolean,
  given: Given,
  place: Place,
): Promise<Node> {
  if (analyze)
    return unsupported(
      given.script.text,
      undefined,
      'EXPLAIN ANALYZE of INSERT',
      'explain the query: nothing is written then',
    )
  const { sink, store } = relationNamed(definition, given, place)
  if (sink === undefined) {
    const { node } = await plannedInsertFor(definition, store ?? storeNamed(definition, given, place), given, place)
    return plan(place.session.explain(node).split('\n'))
  }
  const node = await rowsForSink(sink, definition, given, place)
  if (isWhole(place)) return plan(place.session.explain(wholeFor(node, sink, place)).split('\n'))
  const output = outputFor(node, sink, place)
  const optimised = optimise(output.node)
  const stages = stagesOf([{ ...output, node: optimised.node }])
  return plan(explainText({ node: output.node, output, optimised, stages }).split('\n'))
}

const plan = (lines: readonly string[]): Node =>
  told(
    ['QUERY PLAN'],
    lines.filter((each, i) => each !== '' || i < lines.length - 1).map(each => ({ 'QUERY PLAN': each })),
  )

/** What running it took; the rows go nowhere. */
async function analyzed(node: Node, signal: AbortSignal | undefined, { world }: Place): Promise<string> {
  let rows = 0
  const sink = resultSink(
    () => ({ write() {} }),
    more => {
      rows += more
    },
  )
  const since = world.clock.ticks()
  await deliver(world, node, sink, { signal })
  return `Rows: ${rows}, time: ${Math.round(world.clock.ticks() - since)} ms`
}
