// JSON.parse is the oracle: a line is a row if JSON.parse takes it and it is an object; the values are its values.
import assert from 'node:assert/strict'
import { type Rng, seeded } from '../../support/seed.ts'
import { decode } from './read.ts'

const TEXTS = [
  '',
  'a',
  'é',
  '😀',
  '"',
  '\\',
  '/',
  '\n',
  '\t',
  '\u0000',
  '\u001f',
  '\u007f',
  '\u2028',
  'plain text of more than sixteen',
]

const text = (rng: Rng): string => rng.list(4, () => rng.pick(TEXTS)).join('')

/** The string as JSON, sometimes with escapes that it does not need. */
function quoted(rng: Rng, value: string): string {
  if (!rng.oneIn(3)) return JSON.stringify(value)
  const escaped = Array.from(
    { length: value.length },
    (_, at) => `\\u${value.charCodeAt(at).toString(16).padStart(4, '0')}`,
  )
  return `"${escaped.join('')}"`
}

function numberText(rng: Rng): string {
  const digits = (most: number): string => String(rng.int64()).replace('-', '').slice(0, rng.int(1, most))
  const whole = rng.oneIn(4) ? '0' : digits(19).replace(/^0+(?=\d)/, '')
  const fraction = rng.oneIn(2) ? '' : `.${digits(19)}${rng.oneIn(4) ? digits(19) : ''}`
  const exponent = rng.oneIn(2)
    ? ''
    : `${rng.pick(['e', 'E'])}${rng.pick(['', '+', '-'])}${rng.int(0, rng.pick([9, 40, 300]))}`
  return `${rng.oneIn(3) ? '-' : ''}${whole}${fraction}${exponent}`
}

const space = (rng: Rng): string => (rng.oneIn(5) ? rng.pick([' ', '\t', '\r', '  ']) : '')

function value(rng: Rng, depth: number): string {
  const kind = rng.int(0, depth > 3 ? 4 : 6)
  if (kind === 0) return rng.pick(['true', 'false', 'null'])
  if (kind <= 2) return numberText(rng)
  if (kind <= 4) return quoted(rng, text(rng))
  if (kind === 5)
    return `[${space(rng)}${rng.list(4, () => value(rng, depth + 1)).join(`${space(rng)},${space(rng)}`)}]`
  return object(rng, depth + 1, () => [quoted(rng, text(rng)), value(rng, depth + 1)])
}

function object(rng: Rng, _depth: number, member: () => readonly [string, string]): string {
  const members = rng.list(5, () => member().join(`${space(rng)}:${space(rng)}`))
  return `${space(rng)}{${space(rng)}${members.join(`${space(rng)},${space(rng)}`)}${space(rng)}}${space(rng)}`
}

const KEYS = ['a', 'b', 'c', 'other', 'é', 'a key of more than sixteen bytes']

const line = (rng: Rng): string => object(rng, 0, () => [quoted(rng, rng.pick(KEYS)), value(rng, 0)])

/** Some characters changed, left out or put in: most often no longer JSON. */
function mutated(rng: Rng, source: string): string {
  const out = Array.from(source)
  for (let edits = rng.int(1, 3); edits > 0; edits--) {
    const put = rng.pick([
      '"',
      '\\',
      ',',
      ':',
      '{',
      '}',
      '[',
      ']',
      '0',
      '1',
      '-',
      '.',
      'e',
      ' ',
      'n',
      'tr',
      '\u0001',
      'x',
      'u',
    ])
    out.splice(rng.int(0, out.length), rng.int(0, 2), ...(rng.oneIn(3) ? [] : [put]))
  }
  return out.join('')
}

function parsed(source: string): Record<string, unknown> | undefined {
  try {
    const result: unknown = JSON.parse(source)
    return typeof result === 'object' && result !== null && !Array.isArray(result) ? (result as never) : undefined
  } catch {
    return undefined
  }
}

// The same decoder sees all lines, so that predictions go right and wrong.
seeded('lines are rows exactly if JSON.parse takes them; json columns hold their values', rng => {
  const lines = Array.from({ length: 40 }, () => (rng.oneIn(3) ? mutated(rng, line(rng)) : line(rng)))
    .filter(each => each.trim() !== '')
    .map(each => (rng.oneIn(4) ? `${each}\r` : each))
  const { rows, raw } = decode('a json?, b json?, é json?', lines.join('\n'))
  const good = lines.filter(each => parsed(each) !== undefined)
  const bad = lines.filter(each => parsed(each) === undefined)
  assert.deepEqual(raw, bad.map(each => each.replace(/\r$/, ''))) // biome-ignore format: short
  const expected = good.map(each => {
    const row = parsed(each) as Record<string, unknown>
    return ['a', 'b', 'é'].map(key => row[key] ?? null)
  })
  const got = rows.map(row => row.map(each => (each === null ? null : (JSON.parse(each as string) ?? null))))
  assert.deepEqual(got, expected)
}, { runs: 150 }) // biome-ignore format: short

seeded('strings are those of JSON.parse, lone surrogates replaced', rng => {
  const texts = Array.from({ length: 50 }, () => {
    const plain = quoted(rng, text(rng))
    const unit = (): string => `\\u${rng.pick(['d83d', 'DE00', '0041', 'd800', 'dfff', 'ffff', '20ac'])}`
    return rng.oneIn(2) ? plain : `"${rng.list(4, unit).join('')}"`
  })
  const { rows } = decode('a string', texts.map(each => `{"a":${each}}`).join('\n'))
  assert.deepEqual(rows, texts.map(each => [(JSON.parse(each) as string).toWellFormed()])) // biome-ignore format: short
})

seeded('doubles are those of Number, to the last bit', rng => {
  const bits = new DataView(new ArrayBuffer(8))
  const texts = Array.from({ length: 500 }, () => {
    bits.setBigInt64(0, rng.int64())
    const random = bits.getFloat64(0)
    const shape = rng.int(0, 3)
    if (shape === 0 || !Number.isFinite(random)) return numberText(rng)
    if (shape === 1) return String(random)
    // Near or exactly half way between two doubles, with more digits than 19.
    if (shape === 2)
      return `${2n ** 53n + BigInt(rng.int(0, 100)) * 2n + 1n}.${'0'.repeat(rng.int(0, 30))}${rng.int(0, 1)}`
    return random.toPrecision(rng.int(1, 40))
  }).filter(each => Number.isFinite(Number(each)))
  const { rows, bad } = decode('a double', texts.map(each => `{"a":${each}}`).join('\n'))
  assert.deepEqual(bad, [])
  for (const [index, source] of texts.entries()) assert.ok(Object.is(rows[index]?.[0], Number(source)), source)
})

seeded('integers are exact or refused', rng => {
  const texts = Array.from({ length: 200 }, () => {
    const digits = String(rng.int64())
    return (
      digits.slice(0, rng.int(digits.startsWith('-') ? 2 : 1, digits.length)) + (rng.oneIn(8) ? rng.int(0, 99) : '')
    )
  }).filter(each => String(BigInt(each)) === each)
  const { rows } = decode('a bigint', texts.map(each => `{"a":${each}}`).join('\n'))
  const fits = texts.filter(each => BigInt.asIntN(64, BigInt(each)) === BigInt(each))
  assert.deepEqual(rows, fits.map(each => [BigInt(each)])) // biome-ignore format: short
})
