/**
 * The weight gradient of a convolution with the batch in the lanes:
 * dw[o][ky][kx][i] = Σ over images and positions of ct[…][o] · x[…][i].
 *
 * Both operands differ by lane, so sums over lanes would cost a load for every product. Instead a strip of
 * the cotangent is transposed, `[position][16 images][O]`, and then it is a matrix product whose lanes are
 * output channels and whose other operand is spread:
 *
 *     for strip of rows in the block:
 *       scratch = strip of ct, images and channels swapped
 *       for ky, kx, tile of 16 o, tile of 6 i:
 *         acc[6][16] += Σ position, image: x[position + tap][i][image] · scratch[position][image][16 o]
 *
 * Each block has sums of its own; a second step adds the blocks in order and puts the weights in place. Only
 * images that exist are summed.
 */
import type { Node } from "../../../graph/node.ts";
import type { ConvolutionAttrs } from "../../../ops/convolution.ts";
import type { SpecialKernel } from "../../../plan/kernels.ts";
import {
  br_if,
  type Code,
  call,
  f32x4,
  i32,
  if_,
  type Local,
  loop,
  memory,
  select,
  v128,
} from "../assembler.ts";
import { type KernelStep, kernelFunction, type Target } from "../target.ts";
import { inLanes } from "./conv2d.ts";
import { balancedTiles, multiplyAdd } from "./lane-conv.ts";
import { emitTranspose } from "./transpose-lanes.ts";

export const acceptsWeightGrad = (node: Node): boolean => node.inputs.every(inLanes);

const VECTOR = 64;
/** Scratch that a strip may fill: with the rows of x it shall stay in the second-level cache. */
const STRIP_BYTES = 128 << 10;

/** Sizes of the problem, and how it is cut. */
interface Shape {
  readonly height: number;
  readonly width: number;
  readonly channels: number;
  readonly perGroup: number;
  readonly filters: number;
  readonly perFilter: number;
  readonly groups: number;
  readonly kernel: readonly [number, number];
  readonly out: readonly [number, number];
  readonly attrs: ConvolutionAttrs;
  /** Row length of the scratch: filters of a group, rounded up to whole vectors. */
  readonly padded: number;
  readonly stripRows: number;
  /** Tiles of filters (vectors each) and of channels (rows each). */
  readonly filterTiles: readonly { first: number; vectors: number }[];
  readonly channelTiles: readonly { first: number; rows: number }[];
}

function shapeOf(core: Node, tileVectors: number): Shape {
  const [x, ct] = core.inputs;
  const attrs = core.attrs as unknown as ConvolutionAttrs;
  const [, channels, height, width] = x.shape;
  const [, filters, outHeight, outWidth] = ct.shape;
  const [, perGroup, kernelHeight, kernelWidth] = core.shape;
  const perFilter = filters / attrs.groups;
  const padded = Math.ceil(filters / 4) * 4;
  const rowBytes = outWidth * 16 * padded * 4;
  const stripRows = Math.max(1, Math.min(outHeight, Math.floor(STRIP_BYTES / rowBytes)));
  const filterTiles = [];
  for (let first = 0; first < perFilter; first += 16) {
    // whole pairs of vectors, so that the revectorizer finds them
    const vectors = Math.min(4, Math.ceil((perFilter - first) / 8) * 2);
    filterTiles.push({ first, vectors });
  }
  const rows = tileVectors === 4 ? 6 : 3;
  const channelTiles = balancedTiles(perGroup, rows).flatMap((tile) =>
    Array.from({ length: tile.count }, (_, k) => ({
      first: tile.first + k * tile.rows,
      rows: tile.rows,
    })),
  );
  return {
    height, width, channels, perGroup, filters, perFilter, groups: attrs.groups,
    kernel: [kernelHeight, kernelWidth], out: [outHeight, outWidth], attrs, padded, stripRows,
    filterTiles, channelTiles,
  }; // biome-ignore format: a list of sizes
}

/** Bytes of one tile's sums: rows × 16 filters. */
const tileBytes = (rows: number): number => rows * 64;

export function emitWeightGrad(target: Target, kernel: SpecialKernel): KernelStep[] {
  const { core } = kernel;
  const [x, ct] = core.inputs;
  const s = shapeOf(core, target.tileVectors);
  const blocks = Math.ceil(ct.shape[0] / 16);
  // Sums in the order in which the tiles are visited.
  const perTap =
    s.groups *
    s.filterTiles.length *
    s.channelTiles.reduce((sum, tile) => sum + tileBytes(tile.rows), 0);
  const sumBytes = perTap * s.kernel[0] * s.kernel[1];
  const size = (sumBytes / 4) * blocks;
  const sums = target.temporary({
    perBlock: true,
    layout: { lanes: false, order: [0, 1], strides: [sumBytes / 4, 1], size },
    type: { shape: [blocks, sumBytes / 4], dtype: "f32", batched: false },
  });
  const func = emitBlock(target, s, x.id, ct.id, sums, sumBytes);
  const gather = emitGather(target, s, kernel.node.id, sums, sumBytes, perTap);
  return [
    {
      func,
      split: "block",
      chunks: blocks,
      scratch: s.stripRows * s.out[1] * 16 * s.padded * 4 + 64,
      reads: [x.id, ct.id],
      writes: [sums],
      label: core.op,
    },
    {
      func: gather,
      split: "range",
      chunks: s.kernel[0] * s.kernel[1] * s.groups * s.filterTiles.length,
      reads: [sums],
      writes: [kernel.node.id],
      label: `${core.op} sum of blocks`,
    },
  ];
}

/** (block, images, scratch): all sums of one block. */
function emitBlock(
  target: Target,
  s: Shape,
  x: number,
  ct: number,
  sums: number,
  sumBytes: number,
): number {
  const { pointer } = target;
  const p = pointer.type;
  const transpose = emitTranspose(target, s.filters, s.padded);
  const tiles = new Map<string, number>();
  const tileOf = (rows: number, vectors: number): number => {
    const key = `${rows},${vectors}`;
    let func = tiles.get(key);
    if (func === undefined) {
      func = emitSumTile(target, s, rows, vectors);
      tiles.set(key, func);
    }
    return func;
  };
  return kernelFunction(
    target,
    ({ fn, chunk, images, scratch }) => {
      const [inBlock, ctBlock, sum] = fn.locals(p, 3);
      const [strip, rows, ky, kx, valid] = fn.locals("i32", 5);
      const y = { from: fn.local("i32"), to: fn.local("i32") };
      const xs = { from: fn.local("i32"), to: fn.local("i32") };
      const perBlock = (id: number): Code =>
        pointer.mul(
          pointer.from32(chunk.get()),
          pointer.const(target.place(id).layout.strides[0] * 4),
        );
      const least = (a: Code, b: Code, into: Local): Code[] => [
        into.set(a),
        into.set(select(into.get(), b, i32.lt_s(into.get(), b))),
      ];
      const { stride, padding, dilation } = s.attrs;
      /** Positions of one axis, within [low, high), whose tap lies in the image. */
      const range = (
        axis: 0 | 1, tap: Local, low: Code, high: Code, limit: { from: Local; to: Local },
      ): Code[] => {
        const pad = padding[axis * 2];
        const size = axis === 0 ? s.height : s.width;
        const offset = i32.sub(i32.const(pad), i32.mul(tap.get(), i32.const(dilation[axis])));
        const ceil = (v: Code): Code =>
          stride[axis] === 1
            ? v
            : i32.div_s(i32.add(v, i32.const(stride[axis] - 1)), i32.const(stride[axis]));
        const atLeast0 = (v: Local): Code => select(v.get(), i32.const(0), i32.gt_s(v.get(), i32.const(0)));
        return [
          // position·stride ≥ pad − tap·dilation
          limit.from.set(offset),
          limit.from.set(ceil(atLeast0(limit.from))),
          limit.from.set(select(limit.from.get(), low, i32.gt_s(limit.from.get(), low))),
          // position·stride < size + pad − tap·dilation
          limit.to.set(i32.add(offset, i32.const(size))),
          limit.to.set(ceil(atLeast0(limit.to))),
          least(limit.to.get(), high, limit.to),
        ];
      };
      const pixelBytes = s.channels * VECTOR;
      const scratchPixel = 16 * s.padded * 4;
      const signed = (v: Code): Code => (p === "i32" ? v : [v, 0xac]);
      const rowAt = i32.sub(
        i32.add(i32.mul(y.from.get(), i32.const(stride[0])), i32.mul(ky.get(), i32.const(dilation[0]))),
        i32.const(padding[0]),
      );
      const columnAt = i32.sub(
        i32.add(i32.mul(xs.from.get(), i32.const(stride[1])), i32.mul(kx.get(), i32.const(dilation[1]))),
        i32.const(padding[2]),
      );
      const [xStart, dStart] = fn.locals(p, 2);
      const tileCalls: Code[] = [];
      for (let g = 0; g < s.groups; g++) {
        for (const filterTile of s.filterTiles) {
          for (const tile of s.channelTiles) {
            tileCalls.push(
              call(
                tileOf(tile.rows, filterTile.vectors),
                pointer.add(xStart.get(), pointer.const((g * s.perGroup + tile.first) * VECTOR)),
                pointer.add(dStart.get(), pointer.const((g * s.perFilter + filterTile.first) * 4)),
                sum.get(),
                i32.sub(y.to.get(), y.from.get()),
                i32.sub(xs.to.get(), xs.from.get()),
                valid.get(),
              ),
              sum.set(pointer.add(sum.get(), pointer.const(tileBytes(tile.rows)))),
            );
          }
        }
      }
      const perTap =
        s.groups * s.filterTiles.length *
        s.channelTiles.reduce((total, tile) => total + tileBytes(tile.rows), 0);
      const nonEmpty = i32.and(
        i32.lt_s(y.from.get(), y.to.get()),
        i32.lt_s(xs.from.get(), xs.to.get()),
      );
      const outRow = s.out[1] * s.filters * VECTOR;
      const stripEnd = i32.add(strip.get(), rows.get());
      return [
        inBlock.set(pointer.add(target.address(x), perBlock(x))),
        ctBlock.set(pointer.add(target.address(ct), perBlock(ct))),
        least(i32.sub(images.get(), i32.mul(chunk.get(), i32.const(16))), i32.const(16), valid),
        memory.fill(
          pointer.add(target.address(sums), perBlock(sums)),
          i32.const(0),
          pointer.const(sumBytes),
        ),
        strip.set(i32.const(0)),
        loop([
          least(i32.sub(i32.const(s.out[0]), strip.get()), i32.const(s.stripRows), rows),
          call(
            transpose,
            pointer.add(
              ctBlock.get(),
              pointer.mul(pointer.from32(strip.get()), pointer.const(outRow)),
            ),
            scratch.get(),
            i32.mul(rows.get(), i32.const(s.out[1])),
          ),
          sum.set(pointer.add(target.address(sums), perBlock(sums))),
          ky.set(i32.const(0)),
          loop([
            range(0, ky, strip.get(), stripEnd, y),
            kx.set(i32.const(0)),
            loop([
              range(1, kx, i32.const(0), i32.const(s.out[1]), xs),
              if_(
                nonEmpty,
                [
                  xStart.set(
                    pointer.add(
                      inBlock.get(),
                      pointer.add(
                        pointer.mul(signed(rowAt), pointer.const(s.width * pixelBytes)),
                        pointer.mul(signed(columnAt), pointer.const(pixelBytes)),
                      ),
                    ),
                  ),
                  dStart.set(
                    pointer.add(
                      scratch.get(),
                      pointer.mul(
                        pointer.from32(
                          i32.add(
                            i32.mul(i32.sub(y.from.get(), strip.get()), i32.const(s.out[1])),
                            xs.from.get(),
                          ),
                        ),
                        pointer.const(scratchPixel),
                      ),
                    ),
                  ),
                  tileCalls,
                ],
                sum.set(pointer.add(sum.get(), pointer.const(perTap))),
              ),
              br_if(0, i32.lt_u(kx.tee(i32.add(kx.get(), i32.const(1))), i32.const(s.kernel[1]))),
            ]),
            br_if(0, i32.lt_u(ky.tee(i32.add(ky.get(), i32.const(1))), i32.const(s.kernel[0]))),
          ]),
          br_if(0, i32.lt_u(strip.tee(stripEnd), i32.const(s.out[0]))),
        ]),
      ];
    },
    "conv2dWeightGrad",
  );
}

/** (x, scratch, sums, rows, columns, images): sums[r][16] += Σ x[…][r][image] · scratch[…][image][16]. */
function emitSumTile(target: Target, s: Shape, rows: number, vectors: number): number {
  const { pointer } = target;
  const p = pointer.type;
  return target.writer.func(
    undefined,
    [p, p, p, "i32", "i32", "i32"],
    [],
    (fn) => {
      const [x0, d0, sum, height, width, valid] = [0, 1, 2, 3, 4, 5].map((i) => fn.param(i));
      const [from, d, end] = fn.locals(p, 3);
      const image = fn.local("i32");
      const accumulators = Array.from({ length: rows }, () => fn.locals("v128", vectors));
      const cotangent = fn.locals("v128", vectors);
      const spread = fn.local("v128");
      const rowBytes = s.padded * 4;
      const step = (u: number): Code[] => [
        cotangent.map((v, j) => v.set(v128.load(d.get(), u * rowBytes + j * 16))),
        accumulators.map((row, r) => [
          spread.set(v128.load32_splat(from.get(), r * VECTOR + u * 4)),
          row.map((acc, j) =>
            acc.set(multiplyAdd(target, spread.get(), cotangent[j].get(), acc.get())),
          ),
        ]),
      ];
      const advance = (images: number): Code[] => [
        from.set(pointer.add(from.get(), pointer.const(images * 4))),
        d.set(pointer.add(d.get(), pointer.const(images * rowBytes))),
      ];
      const columnBytes = s.attrs.stride[1] * s.channels * VECTOR;
      const pixel = 16 * rowBytes;
      const bytes = (count: Local, each: number): Code =>
        pointer.mul(pointer.from32(count.get()), pointer.const(each));
      const unroll = 4;
      // A full block takes its sixteen images in four turns; a last one image by image.
      const full = loop([
        image.set(i32.const(0)),
        loop([
          Array.from({ length: unroll }, (_, u) => step(u)),
          advance(unroll),
          br_if(0, i32.lt_u(image.tee(i32.add(image.get(), i32.const(unroll))), i32.const(16))),
        ]),
        from.set(pointer.add(from.get(), pointer.const(columnBytes - 64))),
        br_if(0, pointer.lt_u(d.get(), end.get())),
      ]);
      const rest = i32.sub(i32.const(16), valid.get());
      const partial = loop([
        image.set(i32.const(0)),
        loop([
          step(0),
          advance(1),
          br_if(0, i32.lt_u(image.tee(i32.add(image.get(), i32.const(1))), valid.get())),
        ]),
        from.set(
          pointer.add(
            from.get(),
            pointer.add(
              pointer.const(columnBytes - 64),
              pointer.mul(pointer.from32(rest), pointer.const(4)),
            ),
          ),
        ),
        d.set(pointer.add(d.get(), pointer.mul(pointer.from32(rest), pointer.const(rowBytes)))),
        br_if(0, pointer.lt_u(d.get(), end.get())),
      ]);
      return [
        accumulators.map((row, r) =>
          row.map((acc, j) => acc.set(v128.load(sum.get(), r * 64 + j * 16))),
        ),
        loop([
          from.set(x0.get()),
          d.set(d0.get()),
          end.set(pointer.add(d.get(), bytes(width, pixel))),
          if_(i32.eq(valid.get(), i32.const(16)), full, partial),
          x0.set(
            pointer.add(
              x0.get(),
              pointer.const(s.attrs.stride[0] * s.width * s.channels * VECTOR),
            ),
          ),
          d0.set(pointer.add(d0.get(), pointer.const(s.out[1] * pixel))),
          br_if(0, height.tee(i32.sub(height.get(), i32.const(1)))),
        ]),
        accumulators.map((row, r) =>
          row.map((acc, j) => v128.store(sum.get(), acc.get(), r * 64 + j * 16)),
        ),
      ];
    },
    `weight gradient tile ${rows}×${vectors * 4}`,
  );
}

/** Adds the blocks in order and stores `[O][kH][kW][I]`; a chunk is one tap, group and tile of filters. */
function emitGather(
  target: Target,
  s: Shape,
  out: number,
  sums: number,
  sumBytes: number,
  perTap: number,
): number {
  const { pointer } = target;
  const perFilterTile = s.channelTiles.reduce((total, tile) => total + tileBytes(tile.rows), 0);
  const filterBytes = s.kernel[0] * s.kernel[1] * s.perGroup * 4;
  return kernelFunction(
    target,
    ({ fn, chunk, images }) => {
      const [from, to, block] = [fn.local(pointer.type), fn.local(pointer.type), fn.local(pointer.type)];
      const [tap, rest, i, b, blocks, left] = fn.locals("i32", 6);
      const total = fn.locals("v128", 4);
      const tilesPerTap = s.groups * s.filterTiles.length;
      const mul = (index: Code, size: number): Code =>
        pointer.mul(pointer.from32(index), pointer.const(size));
      const tile = i32.rem_u(rest.get(), i32.const(s.filterTiles.length));
      const group = i32.div_u(rest.get(), i32.const(s.filterTiles.length));
      return [
        blocks.set(i32.shr_u(i32.add(images.get(), i32.const(15)), i32.const(4))),
        tap.set(i32.div_u(chunk.get(), i32.const(tilesPerTap))),
        rest.set(i32.rem_u(chunk.get(), i32.const(tilesPerTap))),
        from.set(
          pointer.add(
            target.address(sums),
            pointer.add(mul(tap.get(), perTap), mul(rest.get(), perFilterTile)),
          ),
        ),
        to.set(
          pointer.add(
            target.address(out),
            pointer.add(
              mul(tap.get(), s.perGroup * 4),
              pointer.add(mul(group, s.perFilter * filterBytes), mul(tile, 16 * filterBytes)),
            ),
          ),
        ),
        // filters in this tile: 16, or what is left of the group
        left.set(i32.sub(i32.const(s.perFilter), i32.mul(tile, i32.const(16)))),
        i.set(i32.const(0)),
        loop([
          total.map((v) => v.set(f32x4.const(0))),
          block.set(from.get()),
          b.set(i32.const(0)),
          loop([
            total.map((v, j) => v.set(f32x4.add(v.get(), v128.load(block.get(), j * 16)))),
            block.set(pointer.add(block.get(), pointer.const(sumBytes))),
            br_if(0, i32.lt_u(b.tee(i32.add(b.get(), i32.const(1))), blocks.get())),
          ]),
          Array.from({ length: Math.min(16, s.perFilter) }, (_, lane) => {
            const store = v128.store32_lane(
              pointer.add(to.get(), pointer.const(lane * filterBytes)),
              total[lane >> 2].get(),
              lane & 3,
            );
            return lane < s.perFilter % 16 || s.perFilter % 16 === 0
              ? store
              : if_(i32.gt_s(left.get(), i32.const(lane)), store);
          }),
          from.set(pointer.add(from.get(), pointer.const(64))),
          to.set(pointer.add(to.get(), pointer.const(4))),
          br_if(0, i32.lt_u(i.tee(i32.add(i.get(), i32.const(1))), i32.const(s.perGroup))),
        ]),
      ];
    },
    "sum of blocks",
  );
}
