/** Write the code of the package into `dir`. */
export function bundle(dir: string): Promise<void>
