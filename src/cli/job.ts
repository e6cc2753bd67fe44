// A job: a module whose exports are what to run. Tables and outputs are known by their shape, so that a job may use
// another copy of millrace than the command does.
import { stat } from 'node:fs/promises'
import { basename, resolve } from 'node:path'
import { pathToFileURL } from 'node:url'
import { fail } from '../base/index.ts'
import type { Node, Output } from '../plan/index.ts'
import { nearestWord, usage } from './arguments.ts'
import { isKnown } from './report.ts'

/** An export that can be run. */
export type Export =
  | { readonly kind: 'outputs'; readonly name: string; readonly outputs: readonly Output[] }
  | { readonly kind: 'table'; readonly name: string; readonly node: Node }

/** The exports of a module that can be run. @param only names; none: all */
export async function loadJob(file: string, only: readonly string[] = []): Promise<readonly Export[]> {
  const path = resolve(file)
  const known = await stat(path).catch(() => undefined)
  if (known?.isFile() !== true)
    usage(`there is no file ${file}`, 'give the path of a module that exports tables or outputs')
  const found = exportsOf(await importModule(path, file), basename(file).replace(/\.[^.]*$/, ''))
  if (found.length === 0) {
    const fix = 'export a table, or table.to(sink), or an array of outputs'
    fail('NO_JOB', { file, reason: 'it exports nothing that can be run', fix })
  }
  const names = found.map(each => each.name)
  for (const name of only) {
    if (names.includes(name)) continue
    const near = nearestWord(name, names)
    const fix = `${near === undefined ? '' : `did you mean ${near}? `}it exports ${names.join(', ')}`
    usage(`${file} has no export ${name} that can be run`, fix)
  }
  return only.length === 0 ? found : found.filter(each => only.includes(each.name))
}

async function importModule(path: string, file: string): Promise<Readonly<Record<string, unknown>>> {
  try {
    return await import(pathToFileURL(path).href)
  } catch (error) {
    if (isKnown(error)) throw error
    const reason = error instanceof Error ? `${error.name}: ${error.message}` : String(error)
    return fail('NO_JOB', { file, reason: `it could not be loaded: ${reason}`, fix: 'correct the module' }, {}, error)
  }
}

function exportsOf(module: Readonly<Record<string, unknown>>, defaultName: string): readonly Export[] {
  return Object.entries(module).flatMap(([exported, value]): Export[] => {
    const name = exported === 'default' && !(defaultName in module) ? defaultName : exported
    if (isOutput(value)) return [{ kind: 'outputs', name, outputs: [value] }]
    if (Array.isArray(value) && value.length > 0 && value.every(isOutput))
      return [{ kind: 'outputs', name, outputs: value }]
    return isTable(value) ? [{ kind: 'table', name, node: value.node }] : []
  })
}

const isObject = (value: unknown): value is Readonly<Record<string, unknown>> =>
  typeof value === 'object' && value !== null

const isNode = (value: unknown): value is Node => isObject(value) && typeof value.kind === 'string'

function isOutput(value: unknown): value is Output {
  return isObject(value) && isNode(value.node) && isObject(value.sink) && typeof value.mode === 'string'
}

function isTable(value: unknown): value is { readonly node: Node } {
  return isObject(value) && isNode(value.node) && typeof value.to === 'function'
}
