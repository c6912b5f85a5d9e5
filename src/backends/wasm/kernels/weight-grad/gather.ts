/**
 * The last step of the weight gradient: adds the sums of the blocks, in their order, and puts them into the
 * order of weights, `[O][kH][kW][I]`.
 */
import { br_if, type Code, f32x4, i32, if_, loop, v128 } from "../../assembler.ts";
import { kernelFunction, type Target } from "../../target.ts";
import { VECTOR, type WeightGradPlan } from "./plan.ts";

/** A chunk is one tap, group and tile of filters. */
export const gatherChunks = ({ kernel, groups, filterTiles }: WeightGradPlan): number =>
  kernel[0] * kernel[1] * groups * filterTiles.length;

export function emitGather(
  target: Target,
  plan: WeightGradPlan,
  out: number,
  sums: number,
): number {
  const { pointer } = target;
  const { channelsPerGroup, filtersPerGroup, filterTiles, groups, kernel } = plan;
  const filterBytes = kernel[0] * kernel[1] * channelsPerGroup * 4;
  return kernelFunction(
    target,
    ({ fn, chunk, images }) => {
      const [from, to, block] = fn.locals(pointer.type, 3);
      const [tap, rest, i, b, blocks, left] = fn.locals("i32", 6);
      const total = fn.locals("v128", 4);
      const tilesPerTap = groups * filterTiles.length;
      const mul = (index: Code, size: number): Code =>
        pointer.mul(pointer.from32(index), pointer.const(size));
      const tile = i32.rem_u(rest.get(), i32.const(filterTiles.length));
      const group = i32.div_u(rest.get(), i32.const(filterTiles.length));
      /** Sums of one channel, a lane a filter, to where the filters lie; the last tile may hold fewer. */
      const store = (lane: number): Code => {
        const address = pointer.add(to.get(), pointer.const(lane * filterBytes));
        const code = v128.store32_lane(address, total[lane >> 2].get(), lane & 3);
        const always = filtersPerGroup % 16 === 0 || lane < filtersPerGroup % 16;
        return always ? code : if_(i32.gt_s(left.get(), i32.const(lane)), code);
      };
      return [
        blocks.set(i32.shr_u(i32.add(images.get(), i32.const(15)), i32.const(4))),
        tap.set(i32.div_u(chunk.get(), i32.const(tilesPerTap))),
        rest.set(i32.rem_u(chunk.get(), i32.const(tilesPerTap))),
        from.set(
          pointer.add(
            target.address(sums),
            pointer.add(mul(tap.get(), plan.tapBytes), mul(rest.get(), plan.tileBytes)),
          ),
        ),
        to.set(
          pointer.add(
            target.address(out),
            pointer.add(
              mul(tap.get(), channelsPerGroup * 4),
              pointer.add(mul(group, filtersPerGroup * filterBytes), mul(tile, 16 * filterBytes)),
            ),
          ),
        ),
        left.set(i32.sub(i32.const(filtersPerGroup), i32.mul(tile, i32.const(16)))),
        i.set(i32.const(0)),
        loop([
          total.map((v) => v.set(f32x4.const(0))),
          block.set(from.get()),
          b.set(i32.const(0)),
          loop([
            total.map((v, j) => v.set(f32x4.add(v.get(), v128.load(block.get(), j * 16)))),
            block.set(pointer.add(block.get(), pointer.const(plan.blockBytes))),
            br_if(0, i32.lt_u(b.tee(i32.add(b.get(), i32.const(1))), blocks.get())),
          ]),
          Array.from({ length: Math.min(16, filtersPerGroup) }, (_, lane) => store(lane)),
          from.set(pointer.add(from.get(), pointer.const(VECTOR))),
          to.set(pointer.add(to.get(), pointer.const(4))),
          br_if(0, i32.lt_u(i.tee(i32.add(i.get(), i32.const(1))), i32.const(channelsPerGroup))),
        ]),
      ];
    },
    "sum of blocks",
  );
}
