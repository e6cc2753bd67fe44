// CSV: the kernel is src/kernels/assembly/csv.ts. The header is read here, once: its names say which field is which
// column. Names that the schema does not have are skipped; a column that no field has is refused.
import { fail } from '../../base/index.ts'
import { type Leaf, leaves } from '../../types/index.ts'
import { type Arena, type Memory, type Ptr, utf8 } from '../memory.ts'
import { INCOMPLETE } from './codes.ts'
import { askedLeaves } from './columns.ts'
import type { Csv, DecoderOptions } from './decoder.ts'
import type { RowKernel } from './row-decoder.ts'

/** A delimiter must not be able to go on with a number, a word or a quote. */
const DELIMITERS = /^[\t !#$%&'()*,/:;<=>?@[\\\]^`{|}~_]$/

export function checkedDelimiter(format: Csv): string {
  const delimiter = format.delimiter ?? ','
  if (!DELIMITERS.test(delimiter)) {
    const reason = `${JSON.stringify(delimiter)} can't be the delimiter of CSV`
    fail('BAD_FORMAT', { reason, fix: "name one ASCII character such as ',', ';', '|' or a tab ('\\t')" })
  }
  return delimiter
}

/** The fields of one record's text without its line end, unquoted. Text behind a closing quote stays in its field. */
export function fieldsOf(record: string, delimiter: string): string[] {
  const fields: string[] = []
  let start = 0
  let quoted = false
  for (let at = 0; at <= record.length; at++) {
    if (record[at] === '"') quoted = !quoted
    if (at < record.length && (quoted || record[at] !== delimiter)) continue
    fields.push(unquoted(record.slice(start, at)))
    start = at + 1
  }
  return fields
}

function unquoted(field: string): string {
  return /^".*"$/s.test(field) && field.length > 1 ? field.slice(1, -1).replaceAll('""', '"') : field
}

class CsvKernel implements RowKernel {
  readonly #memory: Memory
  readonly #format: Csv
  readonly #delimiter: string
  readonly #options: DecoderOptions
  readonly #asked: readonly Leaf[]
  #arena: Arena | undefined
  #known = false
  header: readonly string[] | undefined

  constructor(options: DecoderOptions, format: Csv) {
    this.#memory = options.memory
    this.#options = options
    this.#format = format
    this.#delimiter = checkedDelimiter(format)
    this.#asked = askedLeaves(options.schema, options.columns)
  }

  open(arena: Arena, columns: number, starts: Ptr): Ptr {
    this.#arena = arena
    const nullText = utf8(this.#format.nullText ?? '')
    const code = this.#delimiter.charCodeAt(0)
    const { kernels } = this.#memory
    const handle = kernels.csvNew(arena.ptr, columns, starts, code, arena.put(nullText), nullText.length) >>> 0
    const { from, schema } = this.#options
    if (this.#format.header === false) {
      this.#map(
        handle,
        leaves(schema).map(leaf => leaf.path.join('.')),
      )
    } else if (from?.header !== undefined) this.#take(handle, from.header)
    return handle
  }

  decode(handle: Ptr, at: Ptr, end: Ptr, most: number, longest: number, closed: boolean): Ptr {
    const { kernels } = this.#memory
    const last = closed ? 1 : 0
    if (this.#known) return kernels.csvDecode(handle, at, end, most, longest, last) >>> 0
    const after = kernels.csvRecord(handle, at, end, last) >>> 0
    if (after > at) {
      const record = new TextDecoder().decode(this.#memory.bytes(at, after - at)).replace(/\r?\n$/, '')
      this.#take(handle, fieldsOf(record, this.#delimiter))
    } else if (kernels.badCode() !== INCOMPLETE) this.#refuse('its quotes do not match', [])
    return after
  }

  #take(handle: Ptr, names: readonly string[]): void {
    this.header = names
    this.#map(handle, names)
  }

  /** Which field is which asked column. */
  #map(handle: Ptr, names: readonly string[]): void {
    const { kernels } = this.#memory
    kernels.csvFields(handle, (this.#arena as Arena).ptr, names.length)
    for (const [index, leaf] of this.#asked.entries()) {
      const name = leaf.path.join('.')
      const field = names.indexOf(name)
      if (field < 0) this.#refuse(`it has no column ${name}`, names)
      if (names.indexOf(name, field + 1) >= 0) this.#refuse(`it has column ${name} twice`, names)
      kernels.csvField(handle, field, index)
    }
    this.#known = true
  }

  #refuse(reason: string, names: readonly string[]): never {
    const { source } = this.#options
    return fail('CSV_HEADER', { reason, names: names.slice(0, 20).join(', ') }, { position: { source, line: 1 } })
  }
}

export function csvKernel(options: DecoderOptions, format: Csv): RowKernel {
  return new CsvKernel(options, format)
}
