/** A file that is read in parts: on disk in Node (`file-source-node.ts`), or in memory. */

export interface ByteSource {
  /** What messages call it. */
  readonly name: string;
  readonly size: number;
  /**
   * `length` bytes from byte `at`, which must lie inside. An array of the caller's own where the file is on disk, a view
   * of it, not to be written to, where it is in memory.
   */
  read(at: number, length: number): Promise<Uint8Array>;
}

/** Bytes in memory; `name` is what messages call them. */
export const bytesSource = (bytes: Uint8Array, name: string): ByteSource => ({
  name,
  size: bytes.length,
  read: async (at, length) => bytes.subarray(at, at + length),
});

/** A part of a file as one of its own. */
export const partOf = (
  source: ByteSource,
  start: number,
  size: number,
  name: string,
): ByteSource => ({
  name,
  size,
  read: (at, length) => source.read(start + at, length),
});
