/**
 * L = Σ_l w_l·‖φ_l(x) − φ_l(y)‖²/(C·H·W) over named layers l of a trained network φ: images are alike when the network
 * sees the same in them (Johnson et al. 2016, arXiv:1603.08155, equation 2).
 */
import type { Tensor } from "../graph/tensor.ts";
import type { Mode, Module } from "../nn/module.ts";
import { compareLayers, type LayerWeights } from "./captured-layers.ts";
import { l1 } from "./l1.ts";
import type { LossSpec } from "./loss-spec.ts";
import { mse } from "./mse.ts";
import { checkSameShape } from "./same-shape.ts";
import { sampleNetwork } from "./sample-network.ts";

export interface PerceptualLossOptions {
  readonly layers: LayerWeights;
  /** Between features: the mean of squares (by default) or of absolute values. */
  readonly distance?: "mse" | "l1";
}

/**
 * A loss of two batches of images of one shape; `mode` is the network's, usually `{ training: false }`:
 *
 *     const loss = perceptualLoss(vgg, { layers: { "features.8": 1 } });
 *     loss(output, target, { training: false })
 *
 * The network is not trained by it as long as its parameters are not given to the optimiser.
 */
export function perceptualLoss(
  net: Module,
  { layers, distance = "mse" }: PerceptualLossOptions,
): (x: Tensor, y: Tensor, mode: Mode) => Tensor {
  const compare = { mse, l1 }[distance];
  return (x, y, mode) => {
    checkSameShape("perceptualLoss", { x, y });
    return compareLayers("perceptualLoss", net, layers, [x, y], mode, (a, b) => compare(a, b));
  };
}

export const perceptualLossSpec: LossSpec = {
  name: "perceptualLoss",
  formula: "L = Σ_l w_l·‖φ_l(x) − φ_l(y)‖²/(C·H·W)",
  shapes: "x, y N×C×H×W → scalar",
  source: "Johnson et al. 2016, arXiv:1603.08155, equation 2",
  torch: null,
  // biome-ignore format: one case a line
  samples: [
    { name: "two layers", inputs: [{ shape: [2, 6, 5] }, { shape: [2, 6, 5] }], run: (x, y) => perceptualLoss(sampleNetwork(), { layers: { 1: 0.5, 2: 2 } })(x, y, { training: false }), torch: "lambda x, y: perceptual(x, y, {1: 0.5, 2: 2}, F.mse_loss)" },
    { name: "absolute values", inputs: [{ shape: [2, 6, 5] }, { shape: [2, 6, 5] }], run: (x, y) => perceptualLoss(sampleNetwork(), { layers: { 0: 1 }, distance: "l1" })(x, y, { training: false }), torch: "lambda x, y: perceptual(x, y, {0: 1}, F.l1_loss)" },
  ],
};
