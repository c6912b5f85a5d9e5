/** y = the largest element of each of H′×W′ windows that cover the image: those of adaptive-pool2d.ts. */
import type { LayerSpec } from "../layer-spec.ts";
import { AdaptivePool2d, type AdaptiveSize } from "./adaptive-pool2d.ts";

/** `adaptiveMaxPool2d(7)`, `adaptiveMaxPool2d([6, null])`: null keeps the input's size. */
export const adaptiveMaxPool2d = (size: AdaptiveSize): AdaptivePool2d =>
  new AdaptivePool2d("adaptiveMaxPool2d", "maxPool2d", size);

export const adaptiveMaxPool2dSpec: LayerSpec = {
  name: "adaptiveMaxPool2d",
  formula: "y = the largest over ⌊i·H/H′⌋ ≤ h < ⌈(i + 1)·H/H′⌉, columns alike",
  shapes: "N×C×H×W → N×C×H′×W′",
  source: "He et al. 2014, arXiv:1406.4729, section 2.3; PyTorch’s windows",
  torch: "nn.AdaptiveMaxPool2d",
  // biome-ignore format: one case a line
  samples: [
    { name: "3×5 of 7×8", make: () => adaptiveMaxPool2d([3, 5]), inputs: [{ shape: [2, 7, 8], distinct: 0.01 }], output: [2, 3, 5], torch: "nn.AdaptiveMaxPool2d((3, 5))" },
    { name: "equal maxima", make: () => adaptiveMaxPool2d([2, 3]), inputs: [{ shape: [1, 5, 4], values: /* @__PURE__ */ Array.from({ length: 60 }, (_, i) => [0, 1, 1, 0, 1, 0, 0][i % 7]) }], output: [1, 2, 3], torch: "nn.AdaptiveMaxPool2d((2, 3))" },
    { name: "sizes divide, rows kept", make: () => adaptiveMaxPool2d([null, 2]), inputs: [{ shape: [3, 4, 6], distinct: 0.01 }], output: [3, 4, 2], torch: "nn.AdaptiveMaxPool2d((None, 2))" },
  ],
};
