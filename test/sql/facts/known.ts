// Differences from PostgreSQL that are meant, or known and not yet mended, each with its reason (docs/sql.md has those that a
// user meets).

interface Known {
  readonly about?: RegExp
  readonly text?: RegExp
  /** What this side or PostgreSQL says. */
  readonly told?: RegExp
  readonly reason: string
}

const KNOWN: readonly Known[] = [
  {
    about: /^to_char\((decimal|double)/,
    text: /Infinity|NaN|e\+/,
    told: /INVALID_ARGUMENT/,
    reason: 'NaN, infinities and doubles beyond 1e21 have no pattern',
  },
  { about: /^to_number/, told: /INVALID_TEXT/, reason: 'a text without a number is refused, not null' },
  { told: /NUMERIC_OVERFLOW/, reason: 'a decimal has 36 digits, 88 behind the point' },
  { text: /2147483647 mons|-2147483648 mons/, reason: 'there is no infinite interval' },
  { about: /interval/, told: /infinity$/, reason: 'there is no infinite interval' },
  {
    told: /(\+00|-?infinity)$/,
    about: /^to_timestamp/,
    reason: 'a timestamp is an instant in UTC: its text has no zone',
  },
  { about: /^sub\(timestamp, timestamp\)/, reason: 'two timestamps are microseconds apart' },
  { about: /^factorial/, told: /INTEGER_OVERFLOW/, reason: 'the factorial is an integer of 64 bits' },
  { about: /^upper/, text: /ß/, reason: 'upper and lower are Unicode’s: ß is SS' },
  {
    about: /^regexp_/,
    told: /INVALID_ARGUMENT/,
    reason: 'the flags of regular expressions are c, g, i, m, n, p, s, w, x',
  },
  { about: /^regexp_/, text: /NULL/, told: /BAD_PATTERN/, reason: 'a constant pattern is read before the rows' },
  { about: /^like/, text: /a\\'/, told: /INVALID_ARGUMENT/, reason: 'a pattern is read whole, before the rows' },
  {
    about: /^to_(timestamp|date)\(string/,
    told: /0001-01-01/,
    reason: 'what has no year in its template is in the year 1',
  },
  {
    about: /^to_char/,
    text: /naïve|quick|thirteen|twelve|padded|''/,
    reason: 'a lower-case letter by itself is text in a template',
  },
  {
    about: /^to_char\((int|bigint|decimal|double)/,
    text: /a%b|a,b,,c|日本語|ÄÖÜ|'_'|'-7'/,
    reason: 'text without quotes in a pattern of numbers is as it stands, and a number has to fit its pattern',
  },
  { about: /^to_number/, text: /'_'.*''/, reason: 'an empty pattern reads nothing' },
  {
    about: /^to_json\((float|double)/,
    reason: 'numbers of json are doubles: those of a real have all their digits, and zero has no sign',
  },
  { about: /^radians/, text: /e-324/, reason: 'what is too small for a double is zero' },
  { about: /^a?(sin|cos|tan|cot|tan2)d/, reason: 'the sign of zero and the last digits of numbers near 5e-324' },
  { about: /^text to timestamp/, text: /\.1234565/, reason: 'half a microsecond is rounded up' },
  { about: /^text to (timestamp|date)/, text: /'now'/, reason: 'there are no special words in the text of a time' },
  {
    about: /^text to timestamp/,
    text: /-0530/,
    reason: 'timestamp is timestamptz: an instant, so a zone in its text counts',
  },
  { about: /^text to time\b/, text: /Z'/, reason: 'a time of day has no zone' },
  {
    about: /^text to interval/,
    text: /'-P1D'/,
    reason: 'a sign before P is of all parts',
  },
  { about: /^text to uuid/, text: /' /, reason: 'spaces around a uuid are passed over' },
  { about: /^text to decimal/, text: /0x/, reason: 'a decimal is written in digits' },
  { about: /int to binary|binary to int/, told: /NO_CAST/, reason: 'bytes are no integers' },
  { about: /^extract\(string, interval\)/, text: /quarter/, reason: 'the quarter of an interval counts from 1' },
]

export const reasonFor = (about: string, text: string, ...told: readonly string[]): string | undefined =>
  KNOWN.find(
    each =>
      (each.about?.test(about) ?? true) &&
      (each.text?.test(text) ?? true) &&
      (each.told === undefined || told.some(one => each.told?.test(one))),
  )?.reason
