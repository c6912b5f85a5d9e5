/** The mean of a rectangle: k = 1/(rows·columns). */
import { type Pair, pair } from "../pair.ts";
import { checkSize, type Kernel, type KernelSpec, kernelOf } from "./kernel.ts";

export function box(size: Pair = 3): Kernel {
  const [rows, columns] = pair(size);
  checkSize("box", [rows, columns]);
  return kernelOf([rows, columns], () => 1 / (rows * columns));
}

export const boxSpec: KernelSpec = {
  name: "box",
  formula: "k = 1/(rows·columns)",
  shapes: "size → rows×columns",
  source: "OpenCV's blur",
  torch: null,
  samples: [
    { name: "box: 3", make: () => box() },
    { name: "box: 2×5", make: () => box([2, 5]) },
  ],
};
