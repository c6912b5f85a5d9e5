/**
 * Loop kernels with a batched result: a chunk is one block of 16 images, and the lanes are its images.
 */
import type { LoopKernel } from "../../../plan/kernel.ts";
import { ElementEmitter } from "../emit-element.ts";
import { kernelFunction, type Target } from "../target.ts";
import { type Form, varsInOrder } from "./form.ts";
import { mergeLoops } from "./merge-loops.ts";
import { splitLoops } from "./split-loops.ts";
import { mapLoops } from "./stores.ts";

export function emitLanes(target: Target, whole: LoopKernel, label: string): Form {
  const kernel = splitLoops(whole);
  const { layout, type } = target.place(kernel.nodes[0].id);
  const func = kernelFunction(
    target,
    ({ fn, chunk, images }) => {
      const width = { vectors: 4, axis: kernel.builder.batch };
      const emitter = new ElementEmitter(target, fn, { block: chunk, images, width });
      mapLoops(emitter, kernel, mergeLoops(emitter, kernel, varsInOrder(kernel, layout)));
      return emitter.statements;
    },
    label,
  );
  return { func, split: "block", chunks: Math.ceil(type.shape[0] / 16) };
}
