/** Sizes of one Winograd convolution, shared by its transforms and products (see winograd.ts). */

/** Bytes of one value of sixteen images. */
export const VECTOR = 64;
/** Points of the transform: 6 × 6. */
export const POINTS = 36;

export interface Sizes {
  readonly height: number;
  readonly width: number;
  readonly channels: number;
  readonly filters: number;
  readonly out: readonly [number, number];
  /** Input row and column of the first result's window. */
  readonly origin: readonly [number, number];
  readonly tilesX: number;
  readonly tiles: number;
  /** Tiles done together. */
  readonly group: number;
  /** Bytes from point to point in V and M; a line more than the data, so that 36 streams spread over the cache. */
  readonly vPoint: number;
  readonly mPoint: number;
  /** Bytes in U from one result channel, input channel and point to the next. */
  readonly weightStride: { readonly o: number; readonly i: number; readonly point: number };
}
