/**
 * Convolution with the batch in the lanes: x `[N/16][H][W][C][16]`, one result `[N/16][H'][W'][O][16]`.
 *
 * A register tile is R output channels × 16 images of one position. The window of a position is already the
 * panel that a matrix product wants: a row of it is one run of kW·C vectors, and each weight is loaded once
 * and spread over the lanes. The edges of the image shorten the run instead of padding it.
 *
 *     for block, y, x, channel tile:
 *       acc[R][16] = 0
 *       for ky in the image:  for (kx, c) in the image:  acc[r] += w[r][ky][kx][c] · x[…][c]
 *       store epilogue(acc)
 *
 * The forward convolution, its input gradient and the linear layers are this routine with other strides.
 */
import type { Element, Index } from "../../../graph/lower.ts";
import { copyElement, type ElementBuilder } from "../../../loops/lowering.ts";
import {
  br_if,
  type Code,
  call,
  f32x4,
  i32,
  if_,
  type Local,
  loop,
  select,
  v128,
} from "../assembler.ts";
import { ElementEmitter } from "../emit-element.ts";
import { mapStore } from "../loop-kernels/stores.ts";
import { kernelFunction, type Target } from "../target.ts";

export interface LaneConv {
  /** Input tensor and its sizes. */
  readonly input: number;
  readonly size: readonly [number, number];
  readonly channels: number;
  /** Where the weights of (output channel o, tap y x, input channel i) lie: bytes from one to the next. */
  readonly weights: (bytes: number) => Code;
  readonly weightStride: {
    readonly o: number;
    readonly y: number;
    readonly x: number;
    readonly i: number;
  };
  readonly groups: number;
  readonly outChannels: number;
  /** Positions computed; result row = y·step + start, input row = y·stride + origin + tap·dilation. */
  readonly positions: readonly [number, number];
  readonly stride: readonly [number, number];
  readonly origin: readonly [number, number];
  readonly taps: readonly [number, number];
  readonly dilation: readonly [number, number];
  readonly output: number;
  readonly outSize: readonly [number, number];
  readonly step: readonly [number, number];
  readonly start: readonly [number, number];
  /** The stored element in terms of a load of `core`; undefined stores the sum itself. */
  readonly epilogue?: {
    readonly value: Element;
    readonly core: number;
    readonly builder: ElementBuilder;
    /** Variables of the result by logical axis: batch, channel and, for images, row and column; or batch, token, channel. */
    readonly vars: readonly Index[];
  };
}

const VECTOR = 64; // bytes of one value of sixteen images
/** Output channels of a tile: 6 × 2 accumulators of 256 bits leave three registers for operands. */
const MOST_ROWS = 6;

/** The function (block, images, scratch) that does one block. */
export function emitLaneConv(target: Target, conv: LaneConv, label: string): number {
  const tiles = balancedTiles(conv.outChannels / conv.groups, MOST_ROWS);
  const functions = new Map<number, number>();
  for (const { rows } of tiles) functions.set(rows, emitTile(target, conv, rows, label));
  const finish = conv.epilogue && emitFinish(target, conv, label);
  return kernelFunction(
    target,
    ({ fn, chunk, images }) => {
      const { pointer } = target;
      const [positionsY, positionsX] = conv.positions;
      const [y, x] = [fn.local("i32"), fn.local("i32")];
      const [inBlock, outBlock] = [fn.local(pointer.type), fn.local(pointer.type)];
      const [tap, end] = [fn.locals("i32", 2), fn.locals("i32", 2)];
      const perBlock = (id: number): Code =>
        pointer.mul(
          pointer.from32(chunk.get()),
          pointer.const(target.place(id).layout.strides[0] * 4),
        );
      const limits = (axis: 0 | 1, at: Local): Code[] =>
        tapLimits(conv, axis, at, tap[axis], end[axis]);
      const rowBytes = conv.size[1] * conv.channels * VECTOR;
      const at = (position: Local, axis: 0 | 1): Code =>
        i32.add(
          i32.mul(position.get(), i32.const(conv.stride[axis])),
          i32.const(conv.origin[axis]),
        );
      const outAt = (position: Local, axis: 0 | 1): Code =>
        i32.add(i32.mul(position.get(), i32.const(conv.step[axis])), i32.const(conv.start[axis]));
      const window = fn.local(pointer.type);
      const result = fn.local(pointer.type);
      const [outY, outX] = [fn.local("i32"), fn.local("i32")];
      const outPixel = i32.add(i32.mul(outY.get(), i32.const(conv.outSize[1])), outX.get());
      const channelTiles: Code[] = [];
      for (let group = 0; group < conv.groups; group++) {
        const groupIn = (conv.channels / conv.groups) * group * VECTOR;
        for (const { first, rows, count } of tiles) {
          const o = fn.local("i32");
          const channel = (conv.outChannels / conv.groups) * group + first;
          const invoke = call(
            functions.get(rows) as number,
            pointer.add(window.get(), pointer.const(groupIn)),
            o.get(),
            result.get(),
            tap[0].get(),
            end[0].get(),
            tap[1].get(),
            end[1].get(),
          );
          const next = o.tee(i32.add(o.get(), i32.const(rows)));
          channelTiles.push(
            o.set(i32.const(channel)),
            loop([invoke, br_if(0, i32.lt_u(next, i32.const(channel + rows * count)))]),
          );
        }
      }
      return [
        inBlock.set(pointer.add(target.address(conv.input), perBlock(conv.input))),
        outBlock.set(pointer.add(target.address(conv.output), perBlock(conv.output))),
        y.set(i32.const(0)),
        loop([
          limits(0, y),
          outY.set(outAt(y, 0)),
          x.set(i32.const(0)),
          loop([
            limits(1, x),
            outX.set(outAt(x, 1)),
            window.set(
              pointer.add(
                inBlock.get(),
                pointer.add(
                  pointer.mul(pointer.fromSigned32(at(y, 0)), pointer.const(rowBytes)),
                  pointer.mul(
                    pointer.fromSigned32(at(x, 1)),
                    pointer.const(conv.channels * VECTOR),
                  ),
                ),
              ),
            ),
            result.set(
              pointer.add(
                outBlock.get(),
                pointer.mul(pointer.from32(outPixel), pointer.const(conv.outChannels * VECTOR)),
              ),
            ),
            channelTiles,
            finish === undefined
              ? []
              : call(finish, chunk.get(), images.get(), outY.get(), outX.get()),
            br_if(0, i32.lt_u(x.tee(i32.add(x.get(), i32.const(1))), i32.const(positionsX))),
          ]),
          br_if(0, i32.lt_u(y.tee(i32.add(y.get(), i32.const(1))), i32.const(positionsY))),
        ]),
      ];
    },
    label,
  );
}

/** Tiles of nearly equal size: 16 channels are 6 + 5 + 5, at most two sizes. */
export function balancedTiles(
  total: number,
  most: number,
): { first: number; rows: number; count: number }[] {
  const count = Math.ceil(total / most);
  const rows = Math.floor(total / count);
  const larger = total - rows * count;
  const tiles = [];
  if (larger > 0) tiles.push({ first: 0, rows: rows + 1, count: larger });
  tiles.push({ first: larger * (rows + 1), rows, count: count - larger });
  return tiles;
}

/** Taps [from, to) whose input position lies in the image. */
function tapLimits(conv: LaneConv, axis: 0 | 1, at: Local, from: Local, to: Local): Code[] {
  const [taps, dilation] = [conv.taps[axis], conv.dilation[axis]];
  const [stride, origin] = [conv.stride[axis], conv.origin[axis]];
  const lowest = origin;
  const highest = (conv.positions[axis] - 1) * stride + origin + (taps - 1) * dilation;
  const input = i32.add(i32.mul(at.get(), i32.const(stride)), i32.const(origin));
  const ceilDiv = (value: Code): Code =>
    dilation === 1
      ? value
      : i32.div_s(i32.add(value, i32.const(dilation - 1)), i32.const(dilation));
  const code: Code[] = [];
  if (lowest >= 0) code.push(from.set(i32.const(0)));
  else {
    const missing = i32.sub(i32.const(0), input);
    code.push(
      from.set(missing),
      from.set(ceilDiv(select(from.get(), i32.const(0), i32.gt_s(from.get(), i32.const(0))))),
    );
  }
  if (highest < conv.size[axis]) code.push(to.set(i32.const(taps)));
  else {
    const room = i32.sub(i32.const(conv.size[axis]), input);
    code.push(
      to.set(room),
      to.set(ceilDiv(select(to.get(), i32.const(0), i32.gt_s(to.get(), i32.const(0))))),
      to.set(select(to.get(), i32.const(taps), i32.lt_s(to.get(), i32.const(taps)))),
    );
  }
  return code;
}

/**
 * (window, first channel, result, ky from, to, kx from, to): the sums of `rows` output channels at one
 * position, for all images of the block.
 */
function emitTile(target: Target, conv: LaneConv, rows: number, label: string): number {
  const { pointer, tileVectors } = target;
  const p = pointer.type;
  const params = [p, "i32", p, "i32", "i32", "i32", "i32"] as const;
  return target.writer.func(
    undefined,
    params,
    [],
    (fn) => {
      const [window, first, result, ky0, ky1, kx0, kx1] = params.map((_, i) => fn.param(i));
      const perGroup = conv.channels / conv.groups;
      const { weightStride } = conv;
      // Without dilation and groups a row of the window is one run, across its columns.
      const run =
        conv.groups === 1 && conv.dilation[1] === 1 && weightStride.x === perGroup * weightStride.i;
      const unroll = [4, 3, 2].find((u) => perGroup % u === 0) ?? 1;
      const accumulators = Array.from({ length: rows }, () => fn.locals("v128", tileVectors));
      const inputs = fn.locals("v128", tileVectors);
      const weight = fn.local("v128");
      const [from, weights, rowWeights, end] = [fn.local(p), fn.local(p), fn.local(p), fn.local(p)];
      const [ky, kx] = [fn.local("i32"), fn.local("i32")];
      const bytes = (index: Code, size: number): Code =>
        pointer.mul(pointer.from32(index), pointer.const(size));
      const pass = (half: number): Code[] => {
        const lane = half * tileVectors * 16;
        const step = (u: number): Code[] => [
          inputs.map((v, j) => v.set(v128.load(from.get(), u * VECTOR + lane + j * 16))),
          accumulators.map((row, r) => [
            weight.set(v128.load32_splat(weights.get(), r * weightStride.o + u * weightStride.i)),
            row.map((acc, j) =>
              acc.set(multiplyAdd(target, weight.get(), inputs[j].get(), acc.get())),
            ),
          ]),
        ];
        const inner: Code = loop([
          Array.from({ length: unroll }, (_, u) => step(u)),
          from.set(pointer.add(from.get(), pointer.const(unroll * VECTOR))),
          weights.set(pointer.add(weights.get(), pointer.const(unroll * weightStride.i))),
          br_if(0, pointer.lt_u(from.get(), end.get())),
        ]);
        const rowBytes = conv.dilation[0] * conv.size[1] * conv.channels * VECTOR;
        const tapBytes = conv.dilation[1] * conv.channels * VECTOR;
        const rowStart = pointer.add(window.get(), bytes(ky.get(), rowBytes));
        const body: Code = run
          ? [
              from.set(pointer.add(rowStart, bytes(kx0.get(), tapBytes))),
              end.set(pointer.add(rowStart, bytes(kx1.get(), tapBytes))),
              weights.set(pointer.add(rowWeights.get(), bytes(kx0.get(), weightStride.x))),
              inner,
            ]
          : [
              kx.set(kx0.get()),
              loop([
                from.set(pointer.add(rowStart, bytes(kx.get(), tapBytes))),
                end.set(pointer.add(from.get(), pointer.const(perGroup * VECTOR))),
                weights.set(pointer.add(rowWeights.get(), bytes(kx.get(), weightStride.x))),
                inner,
                br_if(0, i32.lt_s(kx.tee(i32.add(kx.get(), i32.const(1))), kx1.get())),
              ]),
            ];
        return [
          accumulators.flat().map((acc) => acc.set(f32x4.const(0))),
          ky.set(ky0.get()),
          if_(i32.and(i32.lt_s(ky0.get(), ky1.get()), i32.lt_s(kx0.get(), kx1.get())), [
            loop([
              rowWeights.set(
                pointer.add(
                  conv.weights(0),
                  pointer.add(bytes(first.get(), weightStride.o), bytes(ky.get(), weightStride.y)),
                ),
              ),
              body,
              br_if(0, i32.lt_s(ky.tee(i32.add(ky.get(), i32.const(1))), ky1.get())),
            ]),
          ]),
          accumulators.map((row, r) =>
            row.map((acc, j) => v128.store(result.get(), acc.get(), r * VECTOR + lane + j * 16)),
          ),
        ];
      };
      const outChannel = bytes(first.get(), VECTOR);
      return [
        result.set(pointer.add(result.get(), outChannel)),
        Array.from({ length: 4 / tileVectors }, (_, half) => pass(half)),
      ];
    },
    `${label} tile ${rows}`,
  );
}

export const multiplyAdd = (target: Target, a: Code, b: Code, c: Code): Code =>
  target.relaxed ? f32x4.relaxed_madd(a, b, c) : f32x4.add(f32x4.mul(a, b), c);

/**
 * (block, images, y, x): bias, activation and residual over all channels of a position, in place, while the sums
 * are in the first-level cache. It is a function of its own: V8 fuses vectors only where all that leads to a
 * store can be fused, and an odd instruction here would halve the speed of the sums.
 */
export function emitFinish(
  target: Target,
  conv: Pick<LaneConv, "epilogue" | "output">,
  label: string,
): number {
  const { value, core, builder, vars } = conv.epilogue as NonNullable<LaneConv["epilogue"]>;
  return target.writer.func(
    undefined,
    ["i32", "i32", "i32", "i32"],
    [],
    (fn) => {
      const [block, images, y, x] = [0, 1, 2, 3].map((i) => fn.param(i));
      const width = { vectors: 4, axis: builder.batch };
      const emitter = new ElementEmitter(target, fn, { block, images, width });
      const tokens = vars.length === 3;
      const place = tokens ? [undefined, x] : [undefined, undefined, y, x];
      vars.forEach((v, axis) => {
        const counter = place[axis];
        if (v.kind === "var" && counter) emitter.counters.set(v.id, counter);
      });
      const inPlace = copyElement(value, builder, new Map(), (e) =>
        e.kind === "load" && e.tensor === core
          ? builder.load(conv.output, e.dtype, e.at)
          : undefined,
      );
      mapStore(emitter, vars, inPlace, conv.output, [vars[tokens ? 2 : 1]]);
      return emitter.statements;
    },
    `${label} epilogue`,
  );
}
