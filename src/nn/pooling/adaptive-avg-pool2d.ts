/** y = the mean of each of H′×W′ windows that cover the image: those of adaptive-pool2d.ts. */
import { avgPool2d as avgPool2dOp } from "../../ops/avg-pool2d.ts";
import type { LayerSpec } from "../layer-spec.ts";
import { AdaptivePool2d, type AdaptiveSize } from "./adaptive-pool2d.ts";

/** `adaptiveAvgPool2d(7)`, `adaptiveAvgPool2d([6, null])`: null keeps the input's size. */
export const adaptiveAvgPool2d = (size: AdaptiveSize): AdaptivePool2d =>
  new AdaptivePool2d("adaptiveAvgPool2d", avgPool2dOp, size);

export const adaptiveAvgPool2dSpec: LayerSpec = {
  name: "adaptiveAvgPool2d",
  formula: "y = the mean over ⌊i·H/H′⌋ ≤ h < ⌈(i + 1)·H/H′⌉, columns alike",
  shapes: "N×C×H×W → N×C×H′×W′",
  source: "He et al. 2014, arXiv:1406.4729, section 2.3; PyTorch’s windows",
  torch: "nn.AdaptiveAvgPool2d",
  // biome-ignore format: one case a line
  samples: [
    { name: "3×5 of 7×8", make: () => adaptiveAvgPool2d([3, 5]), inputs: [{ shape: [2, 7, 8] }], output: [2, 3, 5], torch: "nn.AdaptiveAvgPool2d((3, 5))" },
    { name: "sizes divide", make: () => adaptiveAvgPool2d(2), inputs: [{ shape: [3, 4, 6] }], output: [3, 2, 2], torch: "nn.AdaptiveAvgPool2d(2)" },
    { name: "larger, and columns kept", make: () => adaptiveAvgPool2d([5, null]), inputs: [{ shape: [2, 3, 4] }], output: [2, 5, 4], torch: "nn.AdaptiveAvgPool2d((5, None))" },
    { name: "one axis divides", make: () => adaptiveAvgPool2d([3, 2]), inputs: [{ shape: [2, 6, 5] }], output: [2, 3, 2], torch: "nn.AdaptiveAvgPool2d((3, 2))" },
  ],
};
