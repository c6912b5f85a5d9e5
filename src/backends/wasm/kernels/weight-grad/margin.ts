/** A copy of batched images with zeros around them, `[N/16][H + margin][W + margin][C][16]`. */
import type { Node } from "../../../../graph/node.ts";
import { blocksOf } from "../../../../plan/layout.ts";
import { br_if, i32, loop, memory } from "../../assembler.ts";
import { blockAddress } from "../../elements/addresses.ts";
import { type KernelStep, kernelFunction, type Target } from "../../target.ts";
import { VECTOR } from "./plan.ts";

export function emitMargin(
  target: Target,
  x: Node,
  [top, bottom, left, right]: readonly [number, number, number, number],
): KernelStep {
  const { pointer } = target;
  const [images, channels, height, width] = x.shape;
  const [rows, columns] = [height + top + bottom, width + left + right];
  const pixel = channels * VECTOR;
  const blocks = blocksOf(images);
  const words = (rows * columns * pixel) / 4;
  const id = target.temporary({
    layout: { lanes: true, order: [2, 3, 1], strides: [words, 0, 0, 0], size: words * blocks },
    type: { shape: [images, channels, rows, columns], dtype: "f32", batched: true },
  });
  const func = kernelFunction(
    target,
    ({ fn, chunk }) => {
      const [from, to] = fn.locals(pointer.type, 2);
      const row = fn.local("i32");
      return [
        from.set(blockAddress(target, x.id, chunk)),
        to.set(blockAddress(target, id, chunk)),
        memory.fill(to.get(), i32.const(0), pointer.const(words * 4)),
        to.set(pointer.add(to.get(), pointer.const((top * columns + left) * pixel))),
        row.set(i32.const(0)),
        loop([
          memory.copy(to.get(), from.get(), pointer.const(width * pixel)),
          from.set(pointer.add(from.get(), pointer.const(width * pixel))),
          to.set(pointer.add(to.get(), pointer.const(columns * pixel))),
          br_if(0, i32.lt_u(row.tee(i32.add(row.get(), i32.const(1))), i32.const(height))),
        ]),
      ];
    },
    "margin",
  );
  return { func, split: "block", chunks: blocks, reads: [x.id], writes: [id], label: "margin" };
}
