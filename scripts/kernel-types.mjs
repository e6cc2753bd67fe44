// What a host may call, as a TypeScript interface: names from the compiled module's exports, parameter names, types and
// docs from the sources. asc can write declarations itself (--bindings), but only together with its managed runtime.

/** How an AssemblyScript type looks from outside. `bool` arrives as 0 or 1, unsigned 32-bit values arrive signed. */
const hostType = type => {
  if (type === 'void') return 'void'
  if (/^[iu]64$/.test(type)) return 'bigint'
  if (/^(?:[iu](?:8|16|32|size)|f32|f64|bool)$/.test(type)) return 'number'
  throw new Error(`kernels: the type ${type} can't cross to the host`)
}

const withoutDefault = text => text.replace(/=.*$/s, '').trim()

const parameter = text => {
  const optional = text.includes('=') ? '?' : ''
  const [name, type] = withoutDefault(text).split(':')
  return `${name.trim()}${optional}: ${hostType(type.trim())}`
}

const parametersOf = text =>
  text
    .replace(/\/\/.*$/gm, '')
    .split(',')
    .filter(part => part.trim() !== '')
    .map(parameter)
    .join(', ')

// Signatures of kernels have no nested parentheses: their parameters are numbers.
const declaration =
  /(\/\*\*(?:[^*]|\*(?!\/))*\*\/\s*)?(?:^@\w+(?:\([^)]*\))?\s*)*^export function (\w+)\(([^)]*)\)\s*:\s*(\w+)/gm

/** name → its member of the interface, for every exported function in the sources' text. */
export const declarations = text => {
  const found = new Map()
  for (const [, doc = '', name, parameters, result] of text.matchAll(declaration)) {
    // Not every exported function is exported from the module: a type that can't cross matters only there.
    found.set(
      name,
      () =>
        `  ${doc.trim() === '' ? '' : `${doc.trim()}\n  `}${name}(${parametersOf(parameters)}): ${hostType(result)}`,
    )
  }
  return found
}

/** The text of `interface Kernels` for a compiled module. `exported` is the list of WebAssembly.Module.exports. */
export const kernelsInterface = (exported, text) => {
  const known = declarations(text)
  const members = exported
    .filter(({ kind }) => kind === 'function')
    .map(({ name }) => {
      const member = known.get(name)
      if (member === undefined)
        throw new Error(`kernels: ${name} is exported, but no 'export function ${name}' is in the sources`)
      return member()
    })
  return `/** What the module exports. */\nexport interface Kernels {\n${members.join('\n')}\n}\n`
}
