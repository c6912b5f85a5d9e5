/** A relief lit from the top left: the difference along the diagonal, added to the image. */
import type { Kernel, KernelSpec } from "./kernel.ts";

export const emboss = (): Kernel => ({ shape: [3, 3], values: [-2, -1, 0, -1, 1, 1, 0, 1, 2] });

export const embossSpec: KernelSpec = {
  name: "emboss",
  formula: "k = [−2 −1 0; −1 1 1; 0 1 2]",
  shapes: "→ 3×3",
  source: "the usual kernel of image editors",
  torch: null,
  samples: [{ name: "emboss", make: emboss }],
};
