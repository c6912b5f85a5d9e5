/**
 * The main step of the weight gradient: all sums of one block of images. Strip by strip the cotangent is
 * transposed into the scratch, then each tap finds the positions it shares with the strip and calls the
 * register tiles over them.
 */
import {
  br_if,
  type Code,
  call,
  i32,
  if_,
  type Local,
  loop,
  memory,
  select,
} from "../../assembler.ts";
import { blockAddress } from "../../elements/addresses.ts";
import { kernelFunction, type Target } from "../../target.ts";
import { emitTranspose } from "../transpose-lanes.ts";
import { VECTOR, type WeightGradPlan } from "./plan.ts";
import { emitTile } from "./tile.ts";

/** Bytes of a transposed strip, and room behind it: a tile may read past the end of the last row. */
export const scratchBytes = ({ stripRows, out, padded }: WeightGradPlan): number =>
  stripRows * out[1] * 16 * padded * 4 + VECTOR;

/** Positions of the result along one axis: [from, to). */
interface Range {
  readonly from: Local;
  readonly to: Local;
}

/** (block, images, scratch): `sums` of the block from its images of x and of the cotangent. */
export function emitBlock(
  target: Target,
  plan: WeightGradPlan,
  x: number,
  ct: number,
  sums: number,
): number {
  const { pointer } = target;
  const p = pointer.type;
  const { kernel, out } = plan;
  const transpose = emitTranspose(target, plan.filters, plan.padded);
  return kernelFunction(
    target,
    ({ fn, chunk, images, scratch }) => {
      const [inBlock, ctBlock, sum] = fn.locals(p, 3);
      const [strip, rows, ky, kx, valid] = fn.locals("i32", 5);
      const y: Range = { from: fn.local("i32"), to: fn.local("i32") };
      const xs: Range = { from: fn.local("i32"), to: fn.local("i32") };
      const [xStart, dStart] = fn.locals(p, 2);
      const tiles = callTiles(target, plan, { x: xStart, d: dStart, sum, y, xs, valid });
      const next = (counter: Local, end: number): Code =>
        br_if(0, i32.lt_u(counter.tee(i32.add(counter.get(), i32.const(1))), i32.const(end)));
      const nonEmpty = i32.and(
        i32.lt_s(y.from.get(), y.to.get()),
        i32.lt_s(xs.from.get(), xs.to.get()),
      );
      const outRow = out[1] * plan.filters * VECTOR;
      const stripEnd = i32.add(strip.get(), rows.get());
      return [
        inBlock.set(blockAddress(target, x, chunk)),
        ctBlock.set(blockAddress(target, ct, chunk)),
        least(i32.sub(images.get(), i32.mul(chunk.get(), i32.const(16))), i32.const(16), valid),
        memory.fill(
          blockAddress(target, sums, chunk),
          i32.const(0),
          pointer.const(plan.blockBytes),
        ),
        strip.set(i32.const(0)),
        loop([
          least(i32.sub(i32.const(out[0]), strip.get()), i32.const(plan.stripRows), rows),
          call(
            transpose,
            pointer.add(
              ctBlock.get(),
              pointer.mul(pointer.from32(strip.get()), pointer.const(outRow)),
            ),
            scratch.get(),
            i32.mul(rows.get(), i32.const(out[1])),
          ),
          sum.set(blockAddress(target, sums, chunk)),
          ky.set(i32.const(0)),
          loop([
            positionsOf(plan, 0, ky, strip.get(), stripEnd, y),
            kx.set(i32.const(0)),
            loop([
              positionsOf(plan, 1, kx, i32.const(0), i32.const(out[1]), xs),
              if_(
                nonEmpty,
                [
                  xStart.set(inputAddress(target, plan, inBlock, [y.from, xs.from], [ky, kx])),
                  dStart.set(scratchAddress(target, plan, scratch, [y.from, xs.from], strip)),
                  tiles,
                ],
                sum.set(pointer.add(sum.get(), pointer.const(plan.tapBytes))),
              ),
              next(kx, kernel[1]),
            ]),
            next(ky, kernel[0]),
          ]),
          br_if(0, i32.lt_u(strip.tee(stripEnd), i32.const(out[0]))),
        ]),
      ];
    },
    "conv2dWeightGrad",
  );
}

/** The smaller of two numbers. */
const least = (a: Code, b: Code, into: Local): Code[] => [
  into.set(a),
  into.set(select(into.get(), b, i32.lt_s(into.get(), b))),
];

/** Positions within [low, high) whose tap lies in the image. */
function positionsOf(
  { attrs, size }: WeightGradPlan,
  axis: 0 | 1,
  tap: Local,
  low: Code,
  high: Code,
  { from, to }: Range,
): Code[] {
  const stride = attrs.stride[axis];
  const pad = attrs.padding[axis * 2];
  const offset = i32.sub(i32.const(pad), i32.mul(tap.get(), i32.const(attrs.dilation[axis])));
  const ceilDiv = (v: Code): Code =>
    stride === 1 ? v : i32.div_s(i32.add(v, i32.const(stride - 1)), i32.const(stride));
  const atLeast0 = (v: Local): Code =>
    select(v.get(), i32.const(0), i32.gt_s(v.get(), i32.const(0)));
  return [
    // position·stride ≥ pad − tap·dilation
    from.set(offset),
    from.set(ceilDiv(atLeast0(from))),
    from.set(select(from.get(), low, i32.gt_s(from.get(), low))),
    // position·stride < size + pad − tap·dilation
    to.set(i32.add(offset, i32.const(size[axis]))),
    to.set(ceilDiv(atLeast0(to))),
    least(to.get(), high, to),
  ];
}

/** Where x lies under a position and a tap; the padding may put parts of the sum below zero. */
function inputAddress(
  { pointer }: Target,
  { attrs, channels, size }: WeightGradPlan,
  block: Local,
  position: readonly [Local, Local],
  tap: readonly [Local, Local],
): Code {
  const at = (axis: 0 | 1): Code =>
    i32.sub(
      i32.add(
        i32.mul(position[axis].get(), i32.const(attrs.stride[axis])),
        i32.mul(tap[axis].get(), i32.const(attrs.dilation[axis])),
      ),
      i32.const(attrs.padding[axis * 2]),
    );
  const pixel = channels * VECTOR;
  return pointer.add(
    block.get(),
    pointer.add(
      pointer.mul(pointer.fromSigned32(at(0)), pointer.const(size[1] * pixel)),
      pointer.mul(pointer.fromSigned32(at(1)), pointer.const(pixel)),
    ),
  );
}

/** Where the transposed cotangent of a position lies. */
function scratchAddress(
  { pointer }: Target,
  { out, padded }: WeightGradPlan,
  scratch: Local,
  [y, x]: readonly [Local, Local],
  strip: Local,
): Code {
  const position = i32.add(i32.mul(i32.sub(y.get(), strip.get()), i32.const(out[1])), x.get());
  const bytes = pointer.mul(pointer.from32(position), pointer.const(16 * padded * 4));
  return pointer.add(scratch.get(), bytes);
}

/** All tiles of a tap, each moving `sum` on; tiles of one size share their function. */
function callTiles(
  target: Target,
  plan: WeightGradPlan,
  at: {
    readonly x: Local;
    readonly d: Local;
    readonly sum: Local;
    readonly y: Range;
    readonly xs: Range;
    readonly valid: Local;
  },
): Code[] {
  const { pointer } = target;
  const functions = new Map<string, number>();
  const functionOf = (rows: number, vectors: number): number => {
    const key = `${rows},${vectors}`;
    const func = functions.get(key) ?? emitTile(target, plan, rows, vectors);
    functions.set(key, func);
    return func;
  };
  const code: Code[] = [];
  for (let g = 0; g < plan.groups; g++) {
    for (const filters of plan.filterTiles) {
      for (const channels of plan.channelTiles) {
        const channel = g * plan.channelsPerGroup + channels.first;
        const filter = g * plan.filtersPerGroup + filters.first;
        code.push(
          call(
            functionOf(channels.rows, filters.vectors),
            pointer.add(at.x.get(), pointer.const(channel * VECTOR)),
            pointer.add(at.d.get(), pointer.const(filter * 4)),
            at.sum.get(),
            i32.sub(at.y.to.get(), at.y.from.get()),
            i32.sub(at.xs.to.get(), at.xs.from.get()),
            at.valid.get(),
          ),
          at.sum.set(pointer.add(at.sum.get(), pointer.const(channels.rows * VECTOR))),
        );
      }
    }
  }
  return code;
}
