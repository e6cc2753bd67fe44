/** Write the code of the package into `dir`. */
export function bundle(dir: string): Promise<void>
/** Write the declarations of the package into `dir`, by the compiler with more arguments. Throws when it refuses. */
export function declarations(dir: string, args?: readonly string[]): void
