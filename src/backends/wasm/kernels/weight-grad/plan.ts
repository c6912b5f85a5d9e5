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
/** With so few channels a tile would be mostly empty: the columns of a kernel row count as channels. */
const FEW_CHANNELS = 4;

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
  /** x is read from a copy with its padding around it: top, bottom, left, right. */
  readonly margin: readonly [number, number, number, number] | undefined;
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

/**
 * The sizes as the kernel sees them. In `[H][W][C]` the columns of a kernel row and their channels lie in one
 * run, so a kernel kH×kW over C channels is one of kH×1 over kW·C: first layers fill their tiles that way. The
 * run must not leave the image, hence the margin.
 */
function seenSizes(core: Node) {
  const [x, ct] = core.inputs;
  const attrs = core.attrs as unknown as ConvolutionAttrs;
  const [, channels, height, width] = x.shape;
  const [, filters, outHeight, outWidth] = ct.shape;
  const [, channelsPerGroup, kernelHeight, kernelWidth] = core.shape;
  const common = { channels, filters, out: [outHeight, outWidth] as const };
  const few = channels <= FEW_CHANNELS && attrs.groups === 1 && attrs.dilation[1] === 1;
  if (!few || kernelWidth === 1) {
    const kernel = [kernelHeight, kernelWidth] as const;
    const size = [height, width] as const;
    return { ...common, attrs, kernel, channelsPerGroup, size, margin: undefined };
  }
  const [top, bottom, left, right] = attrs.padding;
  return {
    ...common,
    attrs: { ...attrs, padding: [0, 0, 0, 0] as const },
    kernel: [kernelHeight, 1] as const,
    channelsPerGroup: kernelWidth * channels,
    size: [height + top + bottom, width + left + right] as const,
    margin: attrs.padding.some((side) => side > 0) ? attrs.padding : undefined,
  };
}

export function planWeightGrad(core: Node, tileVectors: 2 | 4): WeightGradPlan {
  const seen = seenSizes(core);
  const { attrs, filters, out, kernel, channelsPerGroup } = seen;
  const filtersPerGroup = filters / attrs.groups;
  const padded = Math.ceil(filters / 4) * 4;
  const rowBytes = out[1] * 16 * padded * 4;
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
    ...seen,
    margin: seen.margin,
    filtersPerGroup,
    groups: attrs.groups,
    padded,
    stripRows: Math.max(1, Math.min(out[0], Math.floor(STRIP_BYTES / rowBytes))),
    filterTiles,
    channelTiles,
    tileBytes,
    tapBytes,
    blockBytes: tapBytes * kernel[0] * kernel[1],
  };
}
