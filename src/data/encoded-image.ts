/**
 * Where an image lies that is decoded when it is needed: a file, or a range of one, such as an entry of an archive; or bytes in
 * memory that threads share. Plain data, so that worker threads can be sent it.
 */
export interface EncodedImage {
  /** What messages call it: its path, or `photos.zip/ants/1.jpg`. */
  readonly name: string;
  /** The file that holds it; its own, or an archive. */
  readonly path?: string;
  /** Bytes in memory instead of a file. */
  readonly buffer?: SharedArrayBuffer;
  /** Of the range that it takes; the whole file or buffer when left out. */
  readonly offset?: number;
  readonly length?: number;
  /** The range is packed by raw deflate, as in zip archives, and has this many bytes unpacked. */
  readonly inflatedLength?: number;
}
