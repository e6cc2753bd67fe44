// Modules of Node that few queries need (crypto, zlib, net) are loaded when they are needed: a command is to answer at once.
export const builtin: typeof process.getBuiltinModule = process.getBuiltinModule
