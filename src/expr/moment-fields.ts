// A pattern of to_char, to_date and to_timestamp, taken apart: fields, and text between them. FM before a field leaves out blanks
// and zeros, TM blanks; th and TH behind it add st, nd, rd or th; "text" is as it stands.

/** Numbers: in capital or in small letters the same. */
const NUMBERS =
  `CC DDD DD D FF1 FF2 FF3 FF4 FF5 FF6 FX HH24 HH12 HH IDDD ID IW IYYY IYY IY I J MI MM MS OF Q SSSSS SSSS SS TZH TZM US WW W
  Y,YYY YYYY YYY YY Y`.split(/\s+/)
/** Words: how they are written says how the word is. */
const NAMES =
  `A.D. A.M. AD AM B.C. BC DAY DY Day Dy MONTH MON Month Mon P.M. PM RM TZ a.d. a.m. ad am b.c. bc day dy month mon p.m. pm rm
  tz`.split(/\s+/)

const SPELLED: ReadonlyMap<string, string> = new Map(
  [
    ...NUMBERS.flatMap(each => [[each, each] as const, [each.toLowerCase(), each] as const]),
    ...NAMES.map(each => [each, each] as const),
  ]
    // A field is the longest that fits.
    .sort(([a], [b]) => b.length - a.length),
)

export interface Piece {
  /** The field; undefined: text. */
  readonly word: string | undefined
  readonly text: string
  readonly short: boolean
  readonly suffix: string
}

const textPiece = (text: string): Piece => ({ word: undefined, text, short: false, suffix: '' })

export function piecesOf(pattern: string): readonly Piece[] {
  const pieces: Piece[] = []
  for (let at = 0; at < pattern.length; ) {
    const prefix = /^(?:FM|fm|TM|tm)/.exec(pattern.slice(at, at + 2))?.[0] ?? ''
    at += prefix.length
    const spelled = [...SPELLED.keys()].find(each => pattern.startsWith(each, at))
    if (spelled !== undefined) {
      at += spelled.length
      const suffix = /^(?:TH|th)/.exec(pattern.slice(at, at + 2))?.[0] ?? ''
      at += suffix.length
      pieces.push({ word: SPELLED.get(spelled), text: spelled, short: prefix !== '', suffix })
      continue
    }
    const [text, next] = textAt(pattern, at)
    for (const each of text) pieces.push(textPiece(each))
    at = next
  }
  return pieces
}

/** The text that stands at a place: within quotes a backslash takes what is behind it, outside it only makes a quote one. */
export function textAt(pattern: string, at: number): readonly [text: string, next: number] {
  if (pattern[at] !== '"') {
    const from = pattern[at] === '\\' && pattern[at + 1] === '"' ? at + 1 : at
    const [first = ''] = pattern.slice(from)
    return [first, from + first.length]
  }
  let text = ''
  let i = at + 1
  for (; i < pattern.length && pattern[i] !== '"'; i++) {
    if (pattern[i] === '\\' && i + 1 < pattern.length) i++
    text += pattern[i]
  }
  return [text, i + 1]
}
