// Law: wherever the bytes are cut, however many rows a call takes, and wherever decoding goes on in a later process,
// the rows, the bad rows and their places are the same. And no bytes at all crash a decoder.
import assert from 'node:assert/strict'
import { test } from 'node:test'
import { createDecoder, type Place, type TextFormat } from '../../../src/data/index.ts'
import { seeded } from '../../support/seed.ts'
import { decodePieces, memory, rowsOf, schema, type Value } from './read.ts'

interface Sample {
  readonly name: string
  readonly format: TextFormat
  readonly columns: string
  readonly text: string
}

const samples: readonly Sample[] = [
  {
    name: 'json',
    format: { kind: 'json' },
    columns: 'a int, b string?, c double?',
    text: `\ufeff{"a":1,"b":"é\\n😀","c":1.5}\r\n\n{"b":"${'long '.repeat(9)}","a":-22}\n{"a":oops}\n  \n{"a":3,"x":[1,{"y":"}"}],"c":null}\n{"a":"no"}\n{"c":0.1,"a":4}`,
  },
  {
    name: 'csv',
    format: { kind: 'csv' },
    columns: 'a int, b string?, c double?',
    text: `\ufeffb,a,c\r\n"é ""q""\n😀",1,1.5\r\n\nx,2,"."\n,3,\n"${'long '.repeat(9)}",4,1e2\nonly,two\nz"z,5,1\n"open,6,7`,
  },
  {
    name: 'lines',
    format: { kind: 'lines' },
    columns: 'line string',
    text: 'one\r\n\ntwo é 😀\nthree and more than sixteen',
  },
]

for (const { name, format, columns, text } of samples) {
  const bytes = new TextEncoder().encode(text)
  const shape = schema(columns)
  const whole = decodePieces(shape, [bytes], { format })

  test(`${name}: the sample has rows and, but for lines, bad rows`, () => {
    assert.ok(whole.rows.length >= 3)
    assert.equal(whole.bad.length > 1, name !== 'lines')
  })

  test(`${name}: every cut in two gives the same`, () => {
    for (let cut = 0; cut <= bytes.length; cut++) {
      assert.deepEqual(
        decodePieces(shape, [bytes.subarray(0, cut), bytes.subarray(cut)], { format }),
        whole,
        `at ${cut}`,
      )
    }
  })

  test(`${name}: byte by byte, and one row a call, give the same`, () => {
    const pieces = Array.from(bytes, (_, at) => bytes.subarray(at, at + 1))
    assert.deepEqual(decodePieces(shape, [...pieces, new Uint8Array(0)], { format }), whole)
    assert.deepEqual(decodePieces(shape, [bytes], { format, maxRows: 1 }), whole)
  })

  test(`${name}: a new decoder goes on at any place`, () => {
    const kinds = shape.fields.map(each => each.type.kind as 'int')
    let place: Place | undefined
    const rows: Value[][] = []
    const bad: unknown[] = []
    for (let round = 0; round < 100; round++) {
      const from: { from?: Place } = place === undefined ? {} : { from: JSON.parse(JSON.stringify(place)) }
      const badRow = (error: { where: { position?: unknown } }): void => void bad.push(error.where.position)
      const decoder = createDecoder({ format, schema: shape, memory, source: 'test.jsonl', badRow, ...from })
      decoder.push(bytes.subarray(place?.byte ?? 0), true)
      const batch = decoder.next(1)
      if (batch !== undefined) rows.push(...rowsOf(batch, kinds))
      place = decoder.place
      decoder.close()
      if (batch === undefined) break
    }
    assert.deepEqual(rows, whole.rows)
    assert.deepEqual(bad, whole.bad.map(each => each.where.position)) // biome-ignore format: short
    assert.equal(place?.byte, bytes.length)
  })

  seeded(`${name}: no bytes crash a decoder, and cuts change nothing`, rng => {
    // A sample with some bytes changed, removed or put in.
    const wild = Array.from(bytes)
    for (let edits = rng.int(0, 8); edits > 0; edits--) {
      const byte = rng.oneIn(2) ? rng.pick([10, 13, 34, 34, 44, 92, 123, 125, 91, 58, 0xff, 0xe2]) : rng.int(0, 255)
      wild.splice(rng.int(0, wild.length), rng.int(0, 3), ...(rng.oneIn(3) ? [] : [byte]))
    }
    if (name === 'csv') wild.splice(0, 0, ...new TextEncoder().encode('a,b,c\n'))
    const pieces = rng.cut(wild, rng.int(1, 5)).map(each => Uint8Array.from(each))
    const options = { format, maxLineBytes: rng.pick([20, 60, 1000]) }
    const one = decodePieces(shape, [Uint8Array.from(wild)], options)
    const cut = decodePieces(shape, pieces, options)
    assert.deepEqual(cut.rows, one.rows)
    assert.deepEqual(cut.places, one.places)
    assert.equal(cut.bad.length, one.bad.length)
  }, { runs: 300, regressions: [1675648955] }) // biome-ignore format: short

  seeded(`${name}: noise`, rng => {
    const noise = Uint8Array.from({ length: rng.int(0, 400) }, () => rng.int(0, 255))
    const head = name === 'csv' ? new TextEncoder().encode('a,b,c\n') : new Uint8Array(0)
    decodePieces(shape, [head, noise], { format })
  })
}

test('memory is given back', () => {
  const before = memory.used
  decodePieces(schema('a int'), ['{"a":1}\n'.repeat(10000)])
  assert.equal(memory.used, before)
})
