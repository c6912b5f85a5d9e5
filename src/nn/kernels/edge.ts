/** What differs from its eight neighbours: 8 times the pixel less all of them, the negative Laplacian. */
import type { Kernel, KernelSpec } from "./kernel.ts";

export const edge = (): Kernel => ({ shape: [3, 3], values: [-1, -1, -1, -1, 8, -1, -1, -1, -1] });

export const edgeSpec: KernelSpec = {
  name: "edge",
  formula: "k = [−1 −1 −1; −1 8 −1; −1 −1 −1]",
  shapes: "→ 3×3",
  source: "Gonzalez and Woods, Digital Image Processing, section 10.2",
  torch: null,
  samples: [{ name: "edge", make: edge }],
};
