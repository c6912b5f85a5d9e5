/**
 * Convolution with the channels in the lanes, for one image or a few: x `[n][H][W][C]`, result `[n][H'][W'][O]`.
 *
 * The roles of `lane-conv.ts` are swapped: a register tile is P positions of a row × 16 output channels, each
 * input value is spread over the lanes, and the weights are packed as `[O/16][kH][kW][C][16]`, so that they
 * stream through in order. Weights that are states are packed once and again only after they changed. The
 * image is copied with its padding first; then no position is special.
 *
 *     for tile of 16 channels, row y, tile of P positions:
 *       acc[P][16] = Σ ky, kx, c: x[y + ky][x + p + kx][c] · w[ky][kx][c][16]
 */
import { sizeOf } from "../../../core/shape.ts";
import type { Node } from "../../../graph/node.ts";
import type { ConvolutionAttrs } from "../../../ops/convolution.ts";
import type { SpecialKernel } from "../../../plan/kernel.ts";
import { layoutOf } from "../../../plan/layout.ts";
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
  v128,
} from "../assembler.ts";
import { type KernelStep, kernelFunction, type Target } from "../target.ts";
import { balancedTiles, multiplyAdd } from "./lane-conv.ts";

interface ChannelConv {
  readonly images: number;
  readonly batched: boolean;
  /** The padded input: tensor, row and position steps in elements, elements of an image. */
  readonly input: number;
  readonly rowStep: number;
  readonly positionStep: number;
  readonly imageSize: number;
  /** Channels that go into a result, so many elements apart. */
  readonly channels: number;
  readonly channelStep: number;
  /** Each lane takes the channel of its own: depthwise. */
  readonly perLane: boolean;
  readonly kernel: readonly [number, number];
  /** Elements from tap to tap, rows and columns. */
  readonly tapStep: readonly [number, number];
  readonly weights: number;
  readonly filters: number;
  readonly out: readonly [number, number];
  readonly output: number;
}

/** What a register tile must know. */
type TileOf = Pick<
  ChannelConv,
  "positionStep" | "channels" | "channelStep" | "perLane" | "kernel" | "tapStep" | "filters"
>;

const LANES = 16;

const plain = (node: Node): boolean => !layoutOf(node).lanes;

export const acceptsChannelConv = (node: Node): boolean => {
  const [x, w] = node.inputs;
  const { groups, flip } = node.attrs as unknown as ConvolutionAttrs & { flip: boolean };
  const fits = groups === 1 || isDepthwise(node);
  return plain(node) && plain(x) && !w.batched && fits && flip !== true;
};

/** A filter for each channel. */
const isDepthwise = ({ inputs: [x, w], attrs }: Node): boolean =>
  w.shape[1] === 1 && w.shape[0] === attrs.groups && x.shape[1] === attrs.groups;

export function emitChannelConv(target: Target, { core }: SpecialKernel): KernelStep[] {
  const [x, w] = core.inputs;
  const { stride, padding, dilation } = core.attrs as unknown as ConvolutionAttrs;
  const [images, channels, height, width] = x.shape;
  const [filters, , kernelHeight, kernelWidth] = w.shape;
  const [top, bottom, left, right] = padding;
  const steps: KernelStep[] = [];
  const padded = padding.some((side) => side > 0);
  const [rows, columns] = [height + top + bottom, width + left + right];
  let input = x.id;
  if (padded) {
    const step = emitPadding(target, x, padding);
    input = step.writes[0];
    steps.push(step);
  }
  const perLane = isDepthwise(core);
  const depth = kernelHeight * kernelWidth * w.shape[1];
  const pack = emitPackLanes(target, w, { filters, depth, filterStep: depth, depthStep: 1 });
  const conv: ChannelConv = {
    images,
    batched: core.batched,
    input,
    rowStep: stride[0] * columns * channels,
    positionStep: stride[1] * channels,
    imageSize: rows * columns * channels,
    channels: w.shape[1],
    channelStep: perLane ? channels : 1,
    perLane,
    kernel: [kernelHeight, kernelWidth],
    tapStep: [dilation[0] * columns * channels, dilation[1] * channels],
    weights: pack.writes[0],
    filters,
    out: [core.shape[2], core.shape[3]],
    output: core.id,
  };
  return [...steps, pack, emitSums(target, conv, core.op)];
}

/** a·b of plain matrices, b whichever way round; rows of a, or tokens of its images, are positions. */
export const acceptsPlainMatmul = (node: Node): boolean => {
  const [a, b] = node.inputs;
  const flat = a.shape.length <= 3 && b.shape.length === 2;
  return (
    flat && plain(node) && plain(a) && plain(b) && !b.batched && node.attrs.transposeA !== true
  );
};

export function emitPlainMatmul(target: Target, { core }: SpecialKernel): KernelStep[] {
  const [a, b] = core.inputs;
  const depth = a.shape[a.shape.length - 1];
  const filters = core.shape[core.shape.length - 1];
  const images = core.batched ? a.shape[0] : 1;
  const rows = sizeOf(a.shape) / depth / images;
  const rowMajor = core.attrs.transposeB === true;
  const pack = emitPackLanes(target, b, {
    filters,
    depth,
    filterStep: rowMajor ? depth : 1,
    depthStep: rowMajor ? 1 : filters,
  });
  const conv: ChannelConv = {
    images,
    batched: core.batched,
    input: a.id,
    rowStep: 0,
    positionStep: depth,
    imageSize: rows * depth,
    channels: depth,
    channelStep: 1,
    perLane: false,
    kernel: [1, 1],
    tapStep: [0, 0],
    weights: pack.writes[0],
    filters,
    out: [1, rows],
    output: core.id,
  };
  return [pack, emitSums(target, conv, core.op)];
}

/** x with zeros around it, row by row. */
function emitPadding(target: Target, x: Node, padding: readonly number[]): KernelStep {
  const { pointer } = target;
  const [images, channels, height, width] = x.shape;
  const [top, bottom, left, right] = padding;
  const [rows, columns] = [height + top + bottom, width + left + right];
  const size = images * rows * columns * channels;
  const id = target.temporary({
    layout: { lanes: false, order: [0, 1, 2, 3], strides: [0, 0, 0, 0], size },
    type: { shape: [images, rows, columns, channels], dtype: "f32", batched: false },
  });
  const rowBytes = columns * channels * 4;
  const func = kernelFunction(
    target,
    ({ fn, chunk }) => {
      const [to, row, image] = [fn.local(pointer.type), fn.local("i32"), fn.local("i32")];
      const inside = i32.lt_u(row.get(), i32.const(height));
      const sourceRow = i32.add(i32.mul(image.get(), i32.const(height)), row.get());
      return [
        image.set(i32.div_u(chunk.get(), i32.const(rows))),
        row.set(i32.sub(i32.rem_u(chunk.get(), i32.const(rows)), i32.const(top))),
        to.set(
          pointer.add(
            target.address(id),
            pointer.mul(pointer.from32(chunk.get()), pointer.const(rowBytes)),
          ),
        ),
        memory.fill(to.get(), i32.const(0), pointer.const(rowBytes)),
        if_(
          inside,
          memory.copy(
            pointer.add(to.get(), pointer.const(left * channels * 4)),
            pointer.add(
              target.address(x.id),
              pointer.mul(pointer.from32(sourceRow), pointer.const(width * channels * 4)),
            ),
            pointer.const(width * channels * 4),
          ),
        ),
      ];
    },
    "pad",
  );
  return { func, split: "range", chunks: images * rows, reads: [x.id], writes: [id], label: "pad" };
}

/** A weight matrix as `[filters/16][depth][16]`, zeros past the last filter; a chunk is 16 filters. */
function emitPackLanes(
  target: Target,
  w: Node,
  sizes: { filters: number; depth: number; filterStep: number; depthStep: number },
): KernelStep {
  const { pointer } = target;
  const { filters, depth, filterStep, depthStep } = sizes;
  const tiles = Math.ceil(filters / LANES);
  const id = target.temporary({
    layout: { lanes: false, order: [0, 1], strides: [0, 0], size: tiles * depth * LANES },
    type: { shape: [tiles, depth * LANES], dtype: "f32", batched: false },
  });
  const func = kernelFunction(
    target,
    ({ fn, chunk }) => {
      const [from, to] = fn.locals(pointer.type, 2);
      const [left, k] = fn.locals("i32", 2);
      const zero = f32x4.const(0);
      return [
        left.set(i32.sub(i32.const(filters), i32.mul(chunk.get(), i32.const(LANES)))),
        from.set(
          pointer.add(
            target.address(w.id),
            pointer.mul(pointer.from32(chunk.get()), pointer.const(LANES * filterStep * 4)),
          ),
        ),
        to.set(
          pointer.add(
            target.address(id),
            pointer.mul(pointer.from32(chunk.get()), pointer.const(depth * LANES * 4)),
          ),
        ),
        k.set(i32.const(0)),
        loop([
          Array.from({ length: LANES }, (_, lane) => {
            const value = v128.load32_splat(
              pointer.add(from.get(), pointer.const(lane * filterStep * 4)),
            );
            const store = v128.store32_lane(to.get(), value, 0, lane * 4);
            if (filters % LANES === 0) return store;
            const none = v128.store32_lane(to.get(), zero, 0, lane * 4);
            return if_(i32.gt_s(left.get(), i32.const(lane)), store, none);
          }),
          from.set(pointer.add(from.get(), pointer.const(depthStep * 4))),
          to.set(pointer.add(to.get(), pointer.const(LANES * 4))),
          br_if(0, i32.lt_u(k.tee(i32.add(k.get(), i32.const(1))), i32.const(depth))),
        ]),
      ];
    },
    "pack weights",
  );
  return {
    func,
    split: "range",
    chunks: tiles,
    reads: [w.id],
    writes: [id],
    label: "pack weights",
  };
}

function emitSums(target: Target, conv: ChannelConv, label: string): KernelStep {
  const { pointer } = target;
  const most = target.tileVectors === 4 ? 6 : 3;
  const tiles = balancedTiles(conv.out[1], most);
  const widths = [
    ...new Set([LANES, conv.filters % LANES].filter((n) => n > 0 && n <= conv.filters)),
  ];
  const functions = new Map<string, number>();
  for (const { rows } of tiles) {
    for (const width of widths) {
      functions.set(`${rows},${width}`, emitTile(target, conv, rows, width, label));
    }
  }
  const channelTiles = Math.ceil(conv.filters / LANES);
  // Enough chunks for a few threads: rows are split as well when there are few tiles of channels.
  const rowParts = Math.min(conv.out[0], Math.max(1, Math.ceil(8 / channelTiles)));
  const depth = conv.kernel[0] * conv.kernel[1] * conv.channels;
  const func = kernelFunction(
    target,
    ({ fn, chunk, images }) => {
      const p = pointer.type;
      const [weights, from, to, inRow, outRow] = fn.locals(p, 5);
      const [tile, part, y, last, image, x] = fn.locals("i32", 6);
      const mul = (index: Code, size: number): Code =>
        pointer.mul(pointer.from32(index), pointer.const(size));
      const perWidth = (width: number): Code =>
        tiles.map(({ first, rows, count }) => [
          x.set(i32.const(first)),
          loop([
            call(
              functions.get(`${rows},${width}`) as number,
              pointer.add(inRow.get(), mul(x.get(), conv.positionStep * 4)),
              weights.get(),
              pointer.add(outRow.get(), mul(x.get(), conv.filters * 4)),
            ),
            br_if(
              0,
              i32.lt_u(x.tee(i32.add(x.get(), i32.const(rows))), i32.const(first + rows * count)),
            ),
          ]),
        ]);
      const tail = conv.filters % LANES;
      const isLast = i32.eq(tile.get(), i32.const(channelTiles - 1));
      const share = (k: Code): Code =>
        i32.div_u(i32.mul(k, i32.const(conv.out[0])), i32.const(rowParts));
      const outImage = conv.out[0] * conv.out[1] * conv.filters * 4;
      const count = conv.batched ? images.get() : i32.const(conv.images);
      return [
        tile.set(i32.div_u(chunk.get(), i32.const(rowParts))),
        part.set(i32.rem_u(chunk.get(), i32.const(rowParts))),
        last.set(share(i32.add(part.get(), i32.const(1)))),
        weights.set(pointer.add(target.address(conv.weights), mul(tile.get(), depth * LANES * 4))),
        image.set(i32.const(0)),
        loop([
          y.set(share(part.get())),
          from.set(pointer.add(target.address(conv.input), mul(image.get(), conv.imageSize * 4))),
          conv.perLane ? from.set(pointer.add(from.get(), mul(tile.get(), LANES * 4))) : [],
          to.set(
            pointer.add(
              target.address(conv.output),
              pointer.add(mul(image.get(), outImage), mul(tile.get(), LANES * 4)),
            ),
          ),
          loop([
            inRow.set(pointer.add(from.get(), mul(y.get(), conv.rowStep * 4))),
            outRow.set(pointer.add(to.get(), mul(y.get(), conv.out[1] * conv.filters * 4))),
            tail === 0
              ? perWidth(LANES)
              : conv.filters < LANES
                ? perWidth(tail)
                : if_(isLast, perWidth(tail), perWidth(LANES)),
            br_if(0, i32.lt_u(y.tee(i32.add(y.get(), i32.const(1))), last.get())),
          ]),
          br_if(0, i32.lt_u(image.tee(i32.add(image.get(), i32.const(1))), count)),
        ]),
      ];
    },
    label,
  );
  return {
    func,
    split: "range",
    chunks: channelTiles * rowParts,
    reads: [conv.input, conv.weights],
    writes: [conv.output],
    label,
  };
}

/** (x, weights, out): `rows` positions × `width` channels. */
export function emitTile(
  target: Target,
  conv: TileOf,
  rows: number,
  width: number,
  label: string,
): number {
  const { pointer } = target;
  const p = pointer.type;
  const vectors = Math.ceil(width / 8) * 2;
  return target.writer.func(
    undefined,
    [p, p, p],
    [],
    (fn) => {
      const [x, weights, out] = [0, 1, 2].map((i) => fn.param(i));
      const [from, rowFrom, end] = fn.locals(p, 3);
      const [ky, kx] = fn.locals("i32", 2);
      const accumulators = Array.from({ length: rows }, () => fn.locals("v128", vectors));
      const right = fn.locals("v128", vectors);
      const left = fn.local("v128");
      const { channelStep } = conv;
      // Columns of a row of taps are one run when nothing lies between them.
      const run =
        conv.tapStep[1] === conv.channels * channelStep
          ? conv.kernel[1] * conv.channels
          : conv.channels;
      const turns = run === conv.channels ? conv.kernel[1] : 1;
      const unroll = [4, 3, 2].find((u) => run % u === 0) ?? 1;
      const step = (u: number): Code[] => [
        right.map((v, j) => v.set(v128.load(weights.get(), u * LANES * 4 + j * 16))),
        accumulators.map((row, r) => {
          const at = (r * conv.positionStep + u * channelStep) * 4;
          const all = conv.perLane ? [] : left.set(v128.load32_splat(from.get(), at));
          const value = (j: number): Code =>
            conv.perLane ? v128.load(from.get(), at + j * 16) : left.get();
          const add = (acc: Local, j: number): Code =>
            acc.set(multiplyAdd(target, value(j), right[j].get(), acc.get()));
          return [all, row.map(add)];
        }),
      ];
      const advance = (local: Local, bytes: number): Code =>
        bytes === 0 ? [] : local.set(pointer.add(local.get(), pointer.const(bytes)));
      const next = (counter: Local, count: number): Code =>
        br_if(0, i32.lt_u(counter.tee(i32.add(counter.get(), i32.const(1))), i32.const(count)));
      return [
        accumulators.flat().map((acc) => acc.set(f32x4.const(0))),
        ky.set(i32.const(0)),
        loop([
          rowFrom.set(x.get()),
          kx.set(i32.const(0)),
          loop([
            from.set(rowFrom.get()),
            end.set(pointer.add(from.get(), pointer.const(run * channelStep * 4))),
            loop([
              Array.from({ length: unroll }, (_, u) => step(u)),
              advance(from, unroll * channelStep * 4),
              advance(weights, unroll * LANES * 4),
              br_if(0, pointer.lt_u(from.get(), end.get())),
            ]),
            advance(rowFrom, conv.tapStep[1] * 4),
            next(kx, turns),
          ]),
          advance(x, conv.tapStep[0] * 4),
          next(ky, conv.kernel[0]),
        ]),
        accumulators.map((row, r) =>
          row.map((acc, j) => {
            const offset = r * conv.filters * 4 + j * 16;
            const lanes = Math.min(4, width - j * 4);
            if (lanes === 4) return v128.store(out.get(), acc.get(), offset);
            return Array.from({ length: Math.max(0, lanes) }, (_, lane) =>
              v128.store32_lane(out.get(), acc.get(), lane, offset + lane * 4),
            );
          }),
        ),
      ];
    },
    `${label} tile ${rows} positions`,
  );
}
