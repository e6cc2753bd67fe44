// The door of the data plane: everything a host may call is re-exported from here.

/** The version of the kernel interface; the host refuses bytes that speak another one. */
export function kernelVersion(): i32 {
  return 1
}
