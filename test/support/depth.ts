// How far a test goes that could go on for ever. `npm test` goes the whole way; `npm run check` has two minutes for everything
// and takes an eighth (MILLRACE_DEPTH=check), of every law some.

type Env = Readonly<Record<string, string | undefined>>

const isQuick = (env: Env): boolean => env.MILLRACE_DEPTH === 'check'

export const quick = isQuick(process.env)

const SHARE = 8
const STRIDE = 4

/** As many as asked; in a check an eighth of them, and one at least. */
export const depth = (whole: number, env: Env = process.env): number =>
  isQuick(env) ? Math.ceil(whole / SHARE) : whole

/** The steps 1 to `count`, each; in a check every fourth. */
export function* everyStep(count: number): Generator<number> {
  for (let step = 1; step <= count; step += quick ? STRIDE : 1) yield step
}
