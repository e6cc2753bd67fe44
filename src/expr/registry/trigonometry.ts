// Angles, roots, and whole numbers: the rest of PostgreSQL's mathematical functions, over doubles and integers.
import { literal } from '../node.ts'
import { type Entry, entryIn, int64, type Overload, overload, raise } from './entry.ts'

type Real = (x: number) => number

const entry = entryIn('math')

const real = (name: string, doc: string, example: string, twin: Real): Entry =>
  entry(name, doc, example, [overload('double', 'double', twin)])

/** Within [-1, 1], or an error. */
const unit =
  (of: Real): Real =>
  x =>
    x < -1 || x > 1 ? raise('OUT_OF_RANGE') : of(x)

const finite =
  (of: Real): Real =>
  x =>
    x === Number.POSITIVE_INFINITY || x === Number.NEGATIVE_INFINITY ? raise('OUT_OF_RANGE') : of(x)

const DEGREE = Math.PI / 180

/** An angle in degrees, within a turn: exact where the sine is. */
function sineOf(degrees: number): number {
  const x = degrees % 360
  const [sign, half] = x < 0 ? [-1, -x] : [1, x]
  const [side, quarter] = half > 180 ? [-sign, half - 180] : [sign, half]
  const angle = quarter > 90 ? 180 - quarter : quarter
  if (angle === 30) return side * 0.5
  return side * (angle === 90 ? 1 : Math.sin(angle * DEGREE))
}

const cosineOf = (degrees: number): number => sineOf(Math.abs(degrees % 360) + 90)

const tangentOf = (degrees: number): number => {
  const x = degrees % 180
  if (Math.abs(x) === 45 || Math.abs(x) === 135) return x === 45 || x === -135 ? 1 : -1
  return sineOf(degrees) / cosineOf(degrees)
}

/** Degrees of an angle whose sine, cosine or tangent is exact are whole. */
const degrees =
  (of: Real, exact: ReadonlyMap<number, number>): Real =>
  x =>
    exact.get(x) ?? of(x) / DEGREE

function factorial(n: bigint): bigint {
  if (n < 0n || n > 20n) raise(n < 0n ? 'OUT_OF_RANGE' : 'INTEGER_OVERFLOW')
  let product = 1n
  for (let i = 2n; i <= n; i++) product *= i
  return product
}

function widthBucket(x: number, low: number, high: number, count: bigint): bigint {
  const isWrong = Number.isNaN(x) || !Number.isFinite(low) || !Number.isFinite(high) || low === high || count < 1n
  if (isWrong) raise('INVALID_ARGUMENT')
  const [at, from, to] = low < high ? [x, low, high] : [-x, -low, -high]
  if (at < from) return 0n
  if (at >= to) return int64(count + 1n)
  // Halves, where the distance of the bounds is beyond a double.
  const part = Number.isFinite(to - from) ? (at - from) / (to - from) : (at / 2 - from / 2) / (to / 2 - from / 2)
  const bucket = BigInt(Math.floor(part * Number(count))) + 1n
  return bucket > count ? count : bucket
}

const constant = (name: string, doc: string, example: string, value: number): Entry => ({
  ...entry(name, doc, example, []),
  nulls: 'custom',
  signature: `${name}() → double`,
  rewrite: args => (args.length === 0 ? literal(value, { kind: 'double' }) : undefined),
})

/** Which bucket a double is in. */
export const doubleBucket: Overload = overload('double double double int', 'int', widthBucket)

export const trigonometry: readonly Entry[] = [
  constant('pi', 'π.', 'pi() → 3.141592653589793', Math.PI),
  real('degrees', 'Radians as degrees.', 'degrees(pi()) → 180', x => x / DEGREE),
  real('radians', 'Degrees as radians.', 'radians(180) → 3.141592653589793', x => x * DEGREE),
  real('cbrt', 'The cube root.', 'cbrt(27) → 3', Math.cbrt),
  real('sin', 'The sine of an angle in radians.', 'sin(0) → 0', finite(Math.sin)),
  real('cos', 'The cosine.', 'cos(0) → 1', finite(Math.cos)),
  real('tan', 'The tangent.', 'tan(0) → 0', finite(Math.tan)),
  real(
    'cot',
    'The cotangent.',
    'cot(1) → 0.6420926159343306',
    finite(x => 1 / Math.tan(x)),
  ),
  real('asin', 'The angle of a sine, in radians.', 'asin(1) → 1.5707963267948966', unit(Math.asin)),
  real('acos', 'The angle of a cosine.', 'acos(1) → 0', unit(Math.acos)),
  real('atan', 'The angle of a tangent.', 'atan(1) → 0.7853981633974483', Math.atan),
  entry('atan2', 'The angle of a point: y, x.', 'atan2(1, 0) → 1.5707963267948966', [
    overload('double double', 'double', Math.atan2),
  ]),
  real('sind', 'The sine of an angle in degrees.', 'sind(30) → 0.5', finite(sineOf)),
  real('cosd', 'The cosine of an angle in degrees.', 'cosd(60) → 0.5', finite(cosineOf)),
  real('tand', 'The tangent of an angle in degrees.', 'tand(45) → 1', finite(tangentOf)),
  real(
    'cotd',
    'The cotangent of an angle in degrees.',
    'cotd(45) → 1',
    finite(x => 1 / tangentOf(x)),
  ),
  real(
    'asind',
    'The angle of a sine, in degrees.',
    'asind(0.5) → 30',
    unit(
      degrees(
        Math.asin,
        new Map([
          [0.5, 30],
          [-0.5, -30],
          [1, 90],
          [-1, -90],
        ]),
      ),
    ),
  ),
  real(
    'acosd',
    'The angle of a cosine, in degrees.',
    'acosd(0.5) → 60',
    unit(
      degrees(
        Math.acos,
        new Map([
          [0.5, 60],
          [-0.5, 120],
          [0, 90],
          [-1, 180],
        ]),
      ),
    ),
  ),
  real(
    'atand',
    'The angle of a tangent, in degrees.',
    'atand(1) → 45',
    degrees(
      Math.atan,
      new Map([
        [1, 45],
        [-1, -45],
      ]),
    ),
  ),
  entry('atan2d', 'The angle of a point, in degrees.', 'atan2d(1, 0) → 90', [
    overload('double double', 'double', (y: number, x: number) => Math.atan2(y, x) / DEGREE),
  ]),
  real('sinh', 'The hyperbolic sine.', 'sinh(0) → 0', Math.sinh),
  real('cosh', 'The hyperbolic cosine.', 'cosh(0) → 1', Math.cosh),
  real('tanh', 'The hyperbolic tangent.', 'tanh(0) → 0', Math.tanh),
  real('asinh', 'The inverse hyperbolic sine.', 'asinh(0) → 0', Math.asinh),
  real('acosh', 'The inverse hyperbolic cosine; below 1 an error.', 'acosh(1) → 0', x =>
    x < 1 ? raise('OUT_OF_RANGE') : Math.acosh(x),
  ),
  real('atanh', 'The inverse hyperbolic tangent.', 'atanh(0) → 0', unit(Math.atanh)),
  entry('factorial', 'n!, up to 20.', 'factorial(5) → 120', [overload('int', 'int', factorial)]),
]
