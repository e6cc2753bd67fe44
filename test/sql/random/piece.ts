// A query as pieces of text, some of which can be left out or be simpler: what is needed to make a failing query small.

export interface Piece {
  readonly parts: readonly (string | Piece)[]
  /** Pieces that may stand here instead. */
  readonly simpler: readonly Piece[]
  /** Items of a list, of which each but the last one may go. */
  readonly separator?: string
}

export const NOTHING: Piece = { parts: [], simpler: [] }

export const sql = (texts: TemplateStringsArray, ...inner: readonly (string | Piece)[]): Piece => ({
  parts: texts.flatMap((text, i) => (i < inner.length ? [text, inner[i] as string | Piece] : [text])),
  simpler: [],
})

export const orSimpler = (piece: Piece, ...simpler: readonly Piece[]): Piece => ({
  ...piece,
  simpler: [...piece.simpler, ...simpler],
})

export const optional = (piece: Piece): Piece => orSimpler(piece, NOTHING)

export const listOf = (items: readonly Piece[], separator = ', '): Piece => ({ parts: items, simpler: [], separator })

export function textOf({ parts, separator = '' }: Piece): string {
  return parts.map(part => (typeof part === 'string' ? part : textOf(part))).join(separator)
}

/** The piece with one thing in it simpler, what is simplest first. */
export function* simplerForms(piece: Piece): Generator<Piece> {
  yield* piece.simpler
  const { parts, separator } = piece
  if (separator !== undefined && parts.length > 1)
    for (let i = 0; i < parts.length; i++) yield { ...piece, parts: parts.toSpliced(i, 1) }
  for (const [i, part] of parts.entries()) {
    if (typeof part === 'string') continue
    for (const form of simplerForms(part)) yield { ...piece, parts: parts.with(i, form) }
  }
}
