/**
 * L = Σ_l w_l·‖G_l(x) − G_l(y)‖² over named layers l of a trained network, G the Gram matrices of their features, averaged
 * over the images (Johnson et al. 2016, arXiv:1603.08155, equation 4).
 */
import { ConvkitError } from "../core/error.ts";
import { formatShape } from "../core/shape.ts";
import type { Tensor } from "../graph/tensor.ts";
import type { Mode, Module } from "../nn/module.ts";
import { compareLayers, type LayerWeights } from "./captured-layers.ts";
import { gramMatrix } from "./gram-matrix.ts";
import type { LossSpec } from "./loss-spec.ts";
import { sampleNetwork } from "./sample-network.ts";

/** A loss of two batches of images, as `perceptualLoss`; the two may differ in height and width. */
export function styleLoss(
  net: Module,
  { layers }: { readonly layers: LayerWeights },
): (x: Tensor, y: Tensor, mode: Mode) => Tensor {
  const compare = (a: Tensor, b: Tensor) =>
    gramMatrix(a).sub(gramMatrix(b)).square().sum([1, 2]).mean();
  return (x, y, mode) => {
    if (x.rank !== 4 || y.rank !== 4) {
      const shapes = `${formatShape(x.shape)} and ${formatShape(y.shape)}`;
      throw new ConvkitError("styleLoss", `takes two batches of images N×C×H×W, got ${shapes}`);
    }
    return compareLayers("styleLoss", net, layers, [x, y], mode, compare);
  };
}

export const styleLossSpec: LossSpec = {
  name: "styleLoss",
  formula: "L = Σ_l w_l·‖G_l(x) − G_l(y)‖²",
  shapes: "x, y N×C×H×W → scalar",
  source: "Gatys et al. 2015, arXiv:1508.06576; Johnson et al. 2016, arXiv:1603.08155, equation 4",
  torch: null,
  // biome-ignore format: one case a line
  samples: [
    { name: "two layers, other sizes", inputs: [{ shape: [2, 6, 5] }, { shape: [2, 5, 7] }], run: (x, y) => styleLoss(sampleNetwork(), { layers: { 1: 0.5, 2: 2 } })(x, y, { training: false }), torch: "lambda x, y: style(x, y, {1: 0.5, 2: 2})" },
  ],
};
