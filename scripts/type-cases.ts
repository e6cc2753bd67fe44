// Type cases: files of test/types/cases that must compile, or must not, and then for the stated reason.
// A line `// error: text` says that the next line of code does not compile and that the compiler's message contains the
// text; several such lines in a row expect several parts, of one message or more. What is not announced must compile.

export interface Diagnostic {
  readonly path: string
  readonly line: number
  readonly code: string
  /** With its continuation lines, white space folded. */
  readonly message: string
}

const head = /^(.+)\((\d+),\d+\): error (TS\d+): (.*)$/

const folded = (text: string): string => text.replace(/\s+/g, ' ').trim()

/** The diagnostics in the output of `tsc --pretty false`. */
export function diagnosticsOf(output: string): Diagnostic[] {
  const found: { path: string; line: number; code: string; message: string }[] = []
  for (const line of output.split('\n')) {
    const [, path = '', at = '', code = '', message = ''] = head.exec(line) ?? []
    const last = found.at(-1)
    if (path !== '') found.push({ path: path.replaceAll('\\', '/'), line: Number(at), code, message: folded(message) })
    else if (last !== undefined && line.startsWith(' ')) last.message += ` ${folded(line)}`
  }
  return found
}

export interface Expectation {
  /** The line that must not compile, counted from 1. */
  readonly line: number
  readonly text: string
}

const announced = /^\s*\/\/ error: (.+)$/

/** What a case's comments expect. */
export function expectationsOf(source: string): Expectation[] {
  const lines = source.split('\n')
  const codeAfter = (index: number): number => {
    const next = lines.findIndex((line, at) => at > index && line.trim() !== '' && !/^\s*\/\//.test(line))
    return next + 1
  }
  return lines.flatMap((line, index) => {
    const text = announced.exec(line)?.[1]
    return text === undefined ? [] : [{ line: codeAfter(index), text: folded(text) }]
  })
}

/** Everything in which a case and the compiler disagree, as text; nothing when they agree. */
export function disagreements(source: string, diagnostics: readonly Diagnostic[]): string[] {
  const expected = expectationsOf(source)
  const missing = expected.filter(
    ({ line, text }) => !diagnostics.some(each => each.line === line && each.message.includes(text)),
  )
  const surprising = diagnostics.filter(({ line }) => !expected.some(each => each.line === line))
  const said = (line: number): string => {
    const here = diagnostics.filter(each => each.line === line).map(each => each.message)
    return here.length === 0 ? 'it compiles' : `the compiler says: ${here.join('; ')}`
  }
  return [
    ...missing.map(({ line, text }) => `line ${line} should fail with '${text}', but ${said(line)}`),
    ...surprising.map(({ line, code, message }) => `line ${line} should compile, but: ${code}: ${message}`),
  ]
}
