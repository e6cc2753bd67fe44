// The world comes in through ports; everything down to runtime is pure. The real halves live in src/host,
// the virtual ones in src/testing. Source and Sink, which speak of batches, are in src/data/ports.ts.

/** Wall clock and waiting. Times are milliseconds since 1970 (UTC). */
export interface Clock {
  now(): number
  /** Monotonic milliseconds, for measuring and time slices. */
  ticks(): number
  /** Resolves after `ms`, or at once when the signal aborts (it never rejects). */
  sleep(ms: number, signal?: AbortSignal): Promise<void>
  /** Let the host's event loop run once. */
  breathe(): Promise<void>
}

/** Seeded in tests. */
export interface Random {
  /** 32 random bits, unsigned. */
  u32(): number
  /** A fresh id, for query runs. */
  id(): string
}

/** What is known of a file. */
export interface FileInfo {
  /** '/'-separated, as given to the disk. */
  readonly path: string
  readonly bytes: number
  /** Milliseconds since 1970. */
  readonly modified: number
  /** Tells a file from another one that took its name (an inode); absent where the disk can't know. */
  readonly id?: string
}

/** An open file to read. */
export interface ReadHandle {
  readonly path: string
  /** Read into `target` from byte `position`; the number of bytes read, 0 at the end. */
  read(target: Uint8Array, position: number): Promise<number>
  size(): Promise<number>
  close(): Promise<void>
}

/** An open file to write. `at` is where the next byte goes. */
export interface WriteHandle {
  readonly path: string
  write(bytes: Uint8Array): Promise<void>
  /** Make everything written so far durable. */
  sync(): Promise<void>
  truncate(bytes: number): Promise<void>
  close(): Promise<void>
}

/**
 * Files. All paths are absolute or relative to the disk's root; a failure is a MillraceError (DISK_*).
 * Each durable step is one method, so a test can stop the world before or after any of them.
 */
export interface Disk {
  open(path: string): Promise<ReadHandle>
  /** Opens for appending at byte `at` (the rest is cut off); creates the file and its folders when missing. */
  append(path: string, at: number): Promise<WriteHandle>
  readAll(path: string): Promise<Uint8Array>
  /** Write a whole small file atomically: temporary name, fsync, rename, fsync of the folder. */
  writeAtomic(path: string, bytes: Uint8Array): Promise<void>
  /** Atomic, and durable when it resolves (fsync of the folder); `to` is replaced. */
  rename(from: string, to: string): Promise<void>
  remove(path: string): Promise<void>
  exists(path: string): Promise<boolean>
  info(path: string): Promise<FileInfo | undefined>
  /** Files directly in a folder, by name; a missing folder is empty. */
  list(folder: string): Promise<FileInfo[]>
  /** A plain path; a folder: all files below it; or a glob. Sorted by path; names that begin with `.` or `_` are left out. */
  glob(pattern: string): Promise<FileInfo[]>
  makeFolder(path: string): Promise<void>
  /**
   * Hold `path` for this process until it is released or the process dies, however it dies; LOCKED while another
   * live process (or this one) holds it. The lock of a process that is gone is taken over.
   */
  lock(path: string): Promise<Lock>
}

/** Held until released. */
export interface Lock {
  release(): Promise<void>
}
