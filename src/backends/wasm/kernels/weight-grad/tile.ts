/**
 * The register tile of the weight gradient: sums of `rows` channels × 4·`vectors` filters over positions and
 * images. A step loads a row of the transposed cotangent, one image's filters, and spreads each channel's
 * value of that image over the lanes.
 */
import { br_if, type Code, i32, if_, loop, v128 } from "../../assembler.ts";
import type { Target } from "../../target.ts";
import { multiplyAdd } from "../lane-conv.ts";
import { VECTOR, type WeightGradPlan } from "./plan.ts";

/** Images that a turn of a full block's loop takes. */
const UNROLL = 4;

/** (x, scratch, sums, rows, columns, images): sums[r][16] += Σ x[…][r][image] · scratch[…][image][16]. */
export function emitTile(
  target: Target,
  plan: WeightGradPlan,
  rows: number,
  vectors: number,
): number {
  const { pointer } = target;
  const p = pointer.type;
  const { stride } = plan.attrs;
  const scratchRow = plan.padded * 4;
  const scratchPixel = 16 * scratchRow;
  const pixel = plan.channels * VECTOR;
  const columnStep = stride[1] * pixel;
  const rowStep = stride[0] * plan.size[1] * pixel;
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
      const step = (u: number): Code[] => [
        cotangent.map((v, j) => v.set(v128.load(d.get(), u * scratchRow + j * 16))),
        accumulators.map((row, r) => [
          spread.set(v128.load32_splat(from.get(), r * VECTOR + u * 4)),
          row.map((acc, j) =>
            acc.set(multiplyAdd(target, spread.get(), cotangent[j].get(), acc.get())),
          ),
        ]),
      ];
      /** All images of a position, `count` in a turn. */
      const images = (count: number, all: Code): Code[] => [
        image.set(i32.const(0)),
        loop([
          Array.from({ length: count }, (_, u) => step(u)),
          from.set(pointer.add(from.get(), pointer.const(count * 4))),
          d.set(pointer.add(d.get(), pointer.const(count * scratchRow))),
          br_if(0, i32.lt_u(image.tee(i32.add(image.get(), i32.const(count))), all)),
        ]),
      ];
      // `from` has moved over the images; from there to the next position.
      const toNext = pointer.const(columnStep - VECTOR);
      const full = loop([
        images(UNROLL, i32.const(16)),
        from.set(pointer.add(from.get(), toNext)),
        br_if(0, pointer.lt_u(d.get(), end.get())),
      ]);
      // The last block may hold fewer images: they are taken one by one, and the others skipped.
      const missing = pointer.from32(i32.sub(i32.const(16), valid.get()));
      const skipped = (bytes: number): Code => pointer.mul(missing, pointer.const(bytes));
      const partial = loop([
        images(1, valid.get()),
        from.set(pointer.add(from.get(), pointer.add(toNext, skipped(4)))),
        d.set(pointer.add(d.get(), skipped(scratchRow))),
        br_if(0, pointer.lt_u(d.get(), end.get())),
      ]);
      const columns = pointer.mul(pointer.from32(width.get()), pointer.const(scratchPixel));
      return [
        accumulators.map((row, r) =>
          row.map((acc, j) => acc.set(v128.load(sum.get(), r * VECTOR + j * 16))),
        ),
        loop([
          from.set(x0.get()),
          d.set(d0.get()),
          end.set(pointer.add(d.get(), columns)),
          if_(i32.eq(valid.get(), i32.const(16)), full, partial),
          x0.set(pointer.add(x0.get(), pointer.const(rowStep))),
          d0.set(pointer.add(d0.get(), pointer.const(plan.out[1] * scratchPixel))),
          br_if(0, height.tee(i32.sub(height.get(), i32.const(1)))),
        ]),
        accumulators.map((row, r) =>
          row.map((acc, j) => v128.store(sum.get(), acc.get(), r * VECTOR + j * 16)),
        ),
      ];
    },
    `weight gradient tile ${rows}×${vectors * 4}`,
  );
}
