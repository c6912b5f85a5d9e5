/**
 * G = F·Fᵀ/(C·H·W) with F the features of an image as a matrix C×(H·W): which channels answer together, wherever they
 * do: the style of an image (Gatys et al. 2015, arXiv:1508.06576, equation 3; divided as by Johnson et al. 2016,
 * arXiv:1603.08155, equation 3).
 */
import { ConvkitError } from "../core/error.ts";
import { formatShape } from "../core/shape.ts";
import type { Tensor } from "../graph/tensor.ts";
import type { LossSpec } from "./loss-spec.ts";

/** Features N×C×H×W → N×C×C. */
export function gramMatrix(features: Tensor): Tensor {
  if (features.rank !== 4) {
    throw new ConvkitError(
      "gramMatrix",
      `takes features N×C×H×W, got ${formatShape(features.shape)}`,
    );
  }
  const [n, channels, height, width] = features.shape;
  const f = features.reshape(n, channels, height * width);
  return f.matmul(f, { transposeB: true }).mul(1 / (channels * height * width));
}

export const gramMatrixSpec: LossSpec = {
  name: "gramMatrix",
  formula: "G = F·Fᵀ/(C·H·W)",
  shapes: "F N×C×H×W → N×C×C",
  source:
    "Gatys et al. 2015, arXiv:1508.06576, equation 3; Johnson et al. 2016, arXiv:1603.08155, equation 3",
  torch: null,
  samples: [
    {
      name: "features",
      inputs: [{ shape: [3, 2, 4] }],
      run: gramMatrix,
      torch: "gram_matrix",
    },
  ],
};
