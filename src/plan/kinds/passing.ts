// What goes through a list of named expressions: a column that is passed on unchanged keeps what is known of it, under
// its new name.
import { type Expr, sameExpr, structFields } from '../../expr/index.ts'
import type { Moment, Named } from '../node.ts'
import type { WindowProperty } from '../properties.ts'

/** The output name of a column that passes a list of expressions unchanged. */
function passedAs(columns: readonly Named[], name: string, input = 0): string | undefined {
  const wanted: Expr = { kind: 'column', path: [name], input }
  return columns.find(each => sameExpr(each.expr, wanted))?.name
}

export function passKeys(
  columns: readonly Named[],
  keys: readonly string[] | undefined,
  input = 0,
): readonly string[] | undefined {
  const passed = keys?.map(each => passedAs(columns, each, input))
  return passed?.every(each => each !== undefined) ? (passed as string[]) : undefined
}

export function passWindow(
  columns: readonly Named[],
  window: WindowProperty | undefined,
  input = 0,
): WindowProperty | undefined {
  if (window === undefined) return undefined
  const column = passedAs(columns, window.column, input)
  return column === undefined ? undefined : { ...window, column }
}

/** Event time passes with its column, or as a column of its own that was taken out of a struct or put into one. */
export function passMoment(columns: readonly Named[], moment: Moment | undefined, input = 0): Moment | undefined {
  if (moment === undefined) return undefined
  const [name, ...rest] = moment.path as readonly [string, ...string[]]
  const whole = passedAs(columns, name, input)
  if (whole !== undefined) return { ...moment, path: [whole, ...rest] }
  const wanted: Expr = { kind: 'column', path: moment.path, input }
  for (const each of columns) {
    const path = pathTo(each.expr, wanted)
    if (path !== undefined) return { ...moment, path: [each.name, ...path] }
  }
  return undefined
}

/** Where a column is within an expression that is it, or puts it into a struct. */
function pathTo(expr: Expr, wanted: Expr): readonly string[] | undefined {
  if (sameExpr(expr, wanted)) return []
  for (const [name, field] of structFields(expr) ?? []) {
    const path = pathTo(field, wanted)
    if (path !== undefined) return [name, ...path]
  }
  return undefined
}
