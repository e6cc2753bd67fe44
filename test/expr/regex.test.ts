// PostgreSQL's regular expressions: what is found, and what is refused by name.
import assert from 'node:assert/strict'
import { test } from 'node:test'
import { MillraceError } from '../../src/base/index.ts'
import { patternOf } from '../../src/expr/regex.ts'
import { similarPattern } from '../../src/expr/similar.ts'

const found = (pattern: string, text: string, flags = ''): string | undefined => {
  const match = patternOf(pattern, flags).find(text, 0)
  return match === undefined ? undefined : text.slice(match.from, match.to)
}

test('the leftmost match, and of those the longest', () => {
  const cases: readonly (readonly [string, string, string | undefined])[] = [
    ['a|ab|abb', 'xabbb', 'abb'],
    ['(?:a|ab)(?:c|bcd)?', 'abcd', 'abcd'],
    ['a?(?:ab)?', 'ab', 'ab'],
    ['a+?', 'aaa', 'a'],
    ['(a|ab)+?', 'abab', 'a'],
    ['x', 'abc', undefined],
    ['[[:upper:]]+', 'abCDe', 'CD'],
    ['[]a]+', 'x]a', ']a'],
    ['[^\\d]', '12x', 'x'],
    ['\\mb', 'ab b', 'b'],
    ['***=a.c', 'abc a.c', 'a.c'],
    ['(?x) a  b # two letters', 'ab', 'ab'],
    ['\\u0041', 'xA', 'A'],
    ['(?#nothing)a', 'a', 'a'],
    ['ä|äö', 'xäöy', 'äö'],
  ]
  for (const [pattern, text, expected] of cases) assert.equal(found(pattern, text), expected, pattern)
  assert.equal(found('A', 'a', 'i'), 'a')
  assert.equal(found('A', 'a', 'ic'), undefined)
  assert.equal(found('^b', 'a\nb', 'n'), 'b')
})

test('what can not be said is refused by name', () => {
  const cases: readonly (readonly [string, RegExp])[] = [
    ['(', /not balanced/],
    ['[a', /not balanced/],
    ['*a', /operand/],
    ['a+?b*', /greedy and non-greedy/],
    ['[[:nope:]]', /character class/],
    ['\\q', /escape/],
    ['a{1,300}', /repetition/],
  ]
  for (const [pattern, like] of cases)
    assert.throws(
      () => patternOf(pattern),
      (error: unknown) => error instanceof MillraceError && error.code === 'BAD_PATTERN' && like.test(error.message),
      pattern,
    )
  assert.throws(() => patternOf('a', 'z'), MillraceError)
})

test("SIMILAR TO's patterns are of the whole text", () => {
  assert.equal(similarPattern('a%_'), '^(?:a.*.)$')
  assert.equal(similarPattern('a.b'), '^(?:a\\.b)$')
  assert.equal(similarPattern('a#"b#"c', '#'), '^(?:a)(b)(?:c)$')
})
