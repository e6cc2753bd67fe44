// CREATE TABLE … WITH (connector = …): each connector as a relation. An option that a connector does not know is refused.
import { consoleSink, lineSchema, type RateOptions, rateSpec, socketSpec } from '../connectors/index.ts'
import type { TextFormat } from '../data/index.ts'
import { suggestion } from '../expr/index.ts'
import { type CreateTable, hasRules, invalid, rulesOf, type Script, unsupported } from '../sql/index.ts'
import { NO_TABLES } from './catalog.ts'
import { emitOf } from './emit.ts'
import { timed } from './event-time.ts'
import { filesRelation } from './files.ts'
import { defined, OptionReader } from './options.ts'
import type { Place, Relation } from './place.ts'
import { standardInputRelation } from './standard-input.ts'
import { storeOf } from './store.ts'

type Open = (definition: CreateTable, options: OptionReader, text: string, place: Place, script: Script) => Relation

const CONNECTORS: Readonly<Record<string, Open>> = {
  files: filesRelation,
  memory,
  rate,
  socket,
  stdin: standardInputRelation,
  console: printed,
}

/** How PostgreSQL keeps the rows of a table: nothing that is in it. */
const STORAGE = /^(fillfactor|autovacuum_\w+|toast_tuple_target|parallel_workers|vacuum_\w+)$/

/** The relation that CREATE TABLE defines. */
export function relationOf(definition: CreateTable, script: Script, place: Place): Relation {
  const { text } = script
  const options = new OptionReader(definition.options, text)
  const name = options.text('connector') ?? presetOf(definition, options, text)
  const open = Object.hasOwn(CONNECTORS, name) ? CONNECTORS[name] : undefined
  if (open === undefined) {
    const byte = definition.options.get('connector')?.byte
    return invalid(text, byte, `there is no connector ${name}`, suggestion(name, Object.keys(CONNECTORS)))
  }
  if (name !== 'memory' && hasRules(definition.rules, definition.key))
    unsupported(
      text,
      undefined,
      `DEFAULT, CHECK or UNIQUE with the connector ${name}`,
      'leave it out: memory tables have them',
    )
  const made = open(definition, options, text, place, script)
  const emit = made.sink === undefined ? undefined : emitOf(options)
  options.end(`the connector ${name}`)
  return made.sink === undefined ? made : { ...made, sink: { ...made.sink, emit } }
}

/** Without a connector: rows that are kept here, or files when there is a path. */
function presetOf({ options: given }: CreateTable, options: OptionReader, text: string): string {
  options.passOver(STORAGE)
  if ([...given.keys()].every(each => STORAGE.test(each))) return 'memory'
  if (given.has('path')) return 'files'
  options.end('a table without a connector')
  return invalid(
    text,
    undefined,
    'the option connector is missing',
    `write one of: ${Object.keys(CONNECTORS).join(', ')}`,
  )
}

function memory(definition: CreateTable, _options: OptionReader, text: string, _: Place, script: Script): Relation {
  const { name, schema, rules } = definition
  if (schema === undefined)
    return invalid(text, undefined, 'a memory table needs columns', 'write CREATE TABLE t (a bigint, b text)')
  const store = storeOf(name, schema, rulesOf(name, schema, rules, script, NO_TABLES))
  return { kind: 'table', node: () => store.node, store }
}

function rate(definition: CreateTable, options: OptionReader, text: string, { session }: Place): Relation {
  const given = { rowsPerSecond: options.number('rows_per_second') ?? 1, rows: options.number('rows') }
  const spec = options.at('rows_per_second', () => rateSpec(defined(given) as RateOptions))
  fixed(definition, 'timestamp and value', text)
  const node = timed(spec, definition.key, options, session)
  return { kind: 'table', node: () => node }
}

function socket(definition: CreateTable, options: OptionReader, text: string, { session }: Place): Relation {
  const port = options.number('port') ?? options.refuse('port', 'write port = 9999')
  const kind = options.oneOf('format', ['text', 'json', 'csv']) ?? 'text'
  const format: TextFormat =
    kind === 'text' ? { kind: 'lines' } : { kind, ...(kind === 'csv' ? { header: false } : {}) }
  const given = defined({ host: options.text('host'), endsWithServer: options.flag('ends_with_server') })
  if (kind === 'text') fixed(definition, 'value', text)
  else if (definition.schema === undefined)
    invalid(text, undefined, `a socket of ${kind} needs columns`, 'write CREATE TABLE t (a bigint, b text) WITH (…)')
  const schema = kind === 'text' ? lineSchema : (definition.schema ?? lineSchema)
  const spec = options.at('port', () => socketSpec({ port, ...given }, schema, format))
  const node = timed(spec, definition.key, options, session)
  return { kind: 'table', node: () => node }
}

/** The columns are what the connector delivers: none are to be listed. */
function fixed({ schema }: CreateTable, names: string, text: string): void {
  if (schema !== undefined)
    invalid(text, undefined, `the columns are ${names}`, 'leave them out: CREATE TABLE t () WITH (…)')
}

function printed({ name, schema }: CreateTable, options: OptionReader, _text: string, { stdout }: Place): Relation {
  const given = defined({ rows: options.number('rows'), to: stdout, truncate: options.number('truncate') })
  return { kind: 'table', sink: { spec: consoleSink({ title: name, ...given }), schema, mode: undefined } }
}
