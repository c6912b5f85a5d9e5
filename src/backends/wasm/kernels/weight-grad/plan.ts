/**
 * How a weight gradient is cut: strips of rows that fit the cache, tiles of sums that fit the registers. The
 * sums of a block lie in the order in which their tiles are visited: tap, group, filters, channels, then rows
 * of 16 filters.
 */
import type { Node } from "../../../../graph/node.ts";
import type { ConvolutionAttrs } from "../../../../ops/convolution.ts";
import { balancedTiles } from "../lane-conv.ts";

/** Bytes of one value of sixteen images, or of sixteen filters. */
export const VECTOR = 64;
/** Scratch that a strip may fill: with the rows of x it shall stay in the second-level cache. */
const STRIP_BYTES = 128 << 10;
const MOST_FILTERS = 16;
/** By the vectors of a tile: 6 × 2 accumulators of 256 bits, or 3 × 4 of 128, nearly fill 16 registers. */
const MOST_CHANNELS = { 4: 6, 2: 3 } as const;

export interface WeightGradPlan {
  /** Rows and columns of x. */
  readonly size: readonly [number, number];
  readonly channels: number;
  readonly channelsPerGroup: number;
  readonly filters: number;
  readonly filtersPerGroup: number;
  readonly groups: number;
  readonly kernel: readonly [number, number];
  readonly out: readonly [number, number];
  readonly attrs: ConvolutionAttrs;
  /** Row length of the scratch: the filters, rounded up to whole vectors. */
  readonly padded: number;
  /** Rows of the cotangent that are transposed at a time. */
  readonly stripRows: number;
  /** Tiles of a group's filters (vectors of four each) and of its channels (rows each). */
  readonly filterTiles: readonly { readonly first: number; readonly vectors: number }[];
  readonly channelTiles: readonly { readonly first: number; readonly rows: number }[];
  /** Bytes of sums: of one tile of filters with all channels of its group, of one tap, of a block. */
  readonly tileBytes: number;
  readonly tapBytes: number;
  readonly blockBytes: number;
}

export function planWeightGrad(core: Node, tileVectors: 2 | 4): WeightGradPlan {
  const [x, ct] = core.inputs;
  const attrs = core.attrs as unknown as ConvolutionAttrs;
  const [, channels, height, width] = x.shape;
  const [, filters, outHeight, outWidth] = ct.shape;
  const [, channelsPerGroup, kernelHeight, kernelWidth] = core.shape;
  const filtersPerGroup = filters / attrs.groups;
  const padded = Math.ceil(filters / 4) * 4;
  const rowBytes = outWidth * 16 * padded * 4;
  const filterTiles = [];
  for (let first = 0; first < filtersPerGroup; first += MOST_FILTERS) {
    // Whole pairs of vectors, so that the revectorizer finds them.
    const vectors = Math.min(4, Math.ceil((filtersPerGroup - first) / 8) * 2);
    filterTiles.push({ first, vectors });
  }
  const channelTiles = balancedTiles(channelsPerGroup, MOST_CHANNELS[tileVectors]).flatMap(
    ({ first, rows, count }) =>
      Array.from({ length: count }, (_, k) => ({ first: first + k * rows, rows })),
  );
  const tileBytes = channelsPerGroup * VECTOR;
  const tapBytes = attrs.groups * filterTiles.length * tileBytes;
  return {
    size: [height, width],
    channels,
    channelsPerGroup,
    filters,
    filtersPerGroup,
    groups: attrs.groups,
    kernel: [kernelHeight, kernelWidth],
    out: [outHeight, outWidth],
    attrs,
    padded,
    stripRows: Math.max(1, Math.min(outHeight, Math.floor(STRIP_BYTES / rowBytes))),
    filterTiles,
    channelTiles,
    tileBytes,
    tapBytes,
    blockBytes: tapBytes * kernelHeight * kernelWidth,
  };
}
