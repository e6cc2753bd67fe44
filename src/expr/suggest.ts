// "Did you mean": the known name with the fewest edits, if there are few enough.

/** Edit distance (Levenshtein), letters compared without case. */
function distance(a: string, b: string): number {
  const left = a.toLowerCase()
  const right = b.toLowerCase()
  let row = Array.from({ length: right.length + 1 }, (_, i) => i)
  for (let i = 1; i <= left.length; i++) {
    const next = [i]
    for (let j = 1; j <= right.length; j++) {
      const swap = (row[j - 1] as number) + (left[i - 1] === right[j - 1] ? 0 : 1)
      next.push(Math.min(swap, (row[j] as number) + 1, (next[j - 1] as number) + 1))
    }
    row = next
  }
  return row[right.length] as number
}

/** The name most like `name`, or undefined. */
export function nearest(name: string, known: readonly string[]): string | undefined {
  let best: string | undefined
  let least = Math.max(1, Math.floor(name.length / 3)) + 1
  for (const each of known) {
    const edits = distance(name, each)
    if (edits < least) {
      least = edits
      best = each
    }
  }
  return best
}

/** 'did you mean x? There are: a, b, c' as a fix. */
export function suggestion(name: string, known: readonly string[], max = 12): string {
  const near = nearest(name, known)
  const list =
    known.length === 0
      ? 'there are none'
      : `there are: ${known.slice(0, max).join(', ')}${known.length > max ? ', …' : ''}`
  return near === undefined ? list : `did you mean ${near}? (${list})`
}
