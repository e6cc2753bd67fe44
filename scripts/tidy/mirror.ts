// test/ mirrors src/: src/x/y.ts is tested by test/x/y.test.ts; or some test imports something that it exports, by name;
// or rooms.json names the test that reaches it through its room (that test must exist and import the room). Files that
// hold only types or pass names on have nothing to test.

import { ownExports, type Uses, usesBy } from './exports.ts'
import { type Check, type House, ownSources } from './house.ts'
import { roomOf } from './rooms.ts'
import { type Node, nameOf, nodes, type Source } from './source.ts'

const inert = [
  'ImportDeclaration',
  'ExportAllDeclaration',
  'TSInterfaceDeclaration',
  'TSTypeAliasDeclaration',
  'EmptyStatement',
]

function isInert(node: Node): boolean {
  if (inert.includes(node.type) || node.declare === true) return true
  if (node.type !== 'ExportNamedDeclaration') return false
  return node.source ? true : node.declaration ? isInert(node.declaration as Node) : node.exportKind === 'type'
}

/** True when nothing of the file exists at run time. */
export const holdsOnlyTypes = (source: Source): boolean => source.body.every(isInert)

/** The test that rooms.json names for a file: for itself, or for the nearest folder above it. */
function namedTest({ rooms }: House, path: string): string | undefined {
  const keys = Object.keys(rooms.tests).filter(key => key === path || (key.endsWith('/') && path.startsWith(key)))
  const nearest = keys.sort((a, b) => b.length - a.length)[0]
  return nearest === undefined ? undefined : rooms.tests[nearest]
}

const importsRoomOf = (test: Source, path: string): boolean =>
  test.imports.some(
    ({ target }) => target === path || target === `src/${roomOf(path)}/index.ts` || target === 'src/index.ts',
  ) || test.imports.some(({ specifier }) => specifier === 'millrace')

function untestedReason(house: House, uses: Uses, source: Source): string | undefined {
  const { path } = source
  if ([...ownExports(source).keys()].some(name => uses.has(path, name))) return undefined
  const mirrored = path.replace(/^src\//, 'test/').replace(/\.ts$/, '.test.ts')
  const name = house.texts.has(mirrored) ? mirrored : namedTest(house, path)
  if (name === undefined) return `has no test: write ${mirrored}, or name the test that covers it in rooms.json`
  const test = house.sources.find(source => source.path === name)
  if (test === undefined) return `its test in rooms.json, ${name}, does not exist`
  return importsRoomOf(test, path) ? undefined : `${name} imports neither this file nor its room`
}

export const untested: Check = house => {
  const uses = usesBy(
    house,
    house.sources.filter(({ path }) => path.startsWith('test/')),
  )
  return ownSources(house)
    .filter(source => !holdsOnlyTypes(source) && source.path !== 'src/index.ts')
    .flatMap(source => {
      const what = untestedReason(house, uses, source)
      return what === undefined ? [] : [{ path: source.path, line: 1, what }]
    })
}

const isStoreList = (node: Node): boolean =>
  (node.type === 'ObjectProperty' || node.type === 'ClassProperty') && nameOf(node.key) === 'stores'

/** `stores: []` declares no state; anything else under that name does. */
function declaresState(node: Node): boolean {
  const list = [...nodes(node.value as Node)].find(({ type }) => type === 'ArrayExpression')
  return list === undefined || (list.elements as readonly unknown[]).length > 0
}

/** Each operator that declares stores has a from-scratch twin of the same name in ops/reference (law 2). */
export const twins: Check = house =>
  ownSources(house)
    .filter(({ path }) => /^src\/ops\/[^/]+\.ts$/.test(path))
    .filter(source => [...nodes(source.body)].some(node => isStoreList(node) && node.value && declaresState(node)))
    .filter(({ path }) => !house.texts.has(path.replace('src/ops/', 'src/ops/reference/')))
    .map(({ path }) => ({
      path,
      line: 1,
      what: `a stateful operator without a twin: write ${path.replace('ops/', 'ops/reference/')}`,
    }))
