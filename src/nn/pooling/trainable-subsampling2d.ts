/**
 * y = w_c·Σ window + b_c: the subsampling of LeNet-5 (layers S2 and S4; LeCun, Bottou, Bengio and Haffner 1998,
 * Proc. IEEE 86(11), section II-B), one coefficient and one bias for each map. The squashing that follows it there
 * is a layer of its own.
 */
import type { Tensor } from "../../graph/tensor.ts";
import type { Init } from "../init/initializer.ts";
import { uniform } from "../init/uniform.ts";
import type { LayerSpec } from "../layer-spec.ts";
import { Module } from "../module.ts";
import type { Pair } from "../pair.ts";
import { type Pool2dOptions, windowOptions } from "./pool2d.ts";
import { windowSums } from "./sum-pool2d.ts";

export interface TrainableSubsampling2dOptions extends Pool2dOptions {
  /** U(±2.4/F) by default, F the elements of a window (appendix A of the paper); so is the bias. */
  readonly weightInit?: Init;
  readonly biasInit?: Init;
}

export class TrainableSubsampling2d extends Module {
  readonly options: TrainableSubsampling2dOptions;

  constructor(options: Pair | TrainableSubsampling2dOptions) {
    super();
    this.options = windowOptions(options);
  }

  override get kind(): string {
    return "trainableSubsampling2d";
  }

  forward(x: Tensor): Tensor {
    const { weightInit, biasInit, ...window } = windowOptions(this.options);
    const sums = windowSums(this.kind, x, window);
    const maps = x.shape[1];
    const bound = 2.4 / (window.kernel[0] * window.kernel[1]);
    const w = this.param("weight", [maps], weightInit ?? uniform(-bound, bound));
    const b = this.param("bias", [maps], biasInit ?? uniform(-bound, bound));
    return sums.mul(w.reshape(maps, 1, 1)).add(b.reshape(maps, 1, 1));
  }
}

/** `trainableSubsampling2d(2)`: 2×2 windows, stride 2, as in LeNet-5. */
export const trainableSubsampling2d = (
  options: Pair | TrainableSubsampling2dOptions = 2,
): TrainableSubsampling2d => new TrainableSubsampling2d(options);

export const trainableSubsampling2dSpec: LayerSpec = {
  name: "trainableSubsampling2d",
  formula: "y = w·(Σ of each window) + b, one w and one b for each channel",
  shapes: "N×C×H×W → N×C×H′×W′",
  source: "LeCun, Bottou, Bengio and Haffner 1998, Proc. IEEE 86(11), section II-B",
  torch: null,
  // biome-ignore format: one case a line
  samples: [
    { name: "2×2", make: () => trainableSubsampling2d(), inputs: [{ shape: [3, 4, 6] }], output: [3, 2, 3], states: { weight: [3], bias: [3] }, torch: "lambda x, p: trainable_subsampling2d(x, p, (2, 2), (2, 2))" },
    { name: "overlapping", make: () => trainableSubsampling2d({ kernel: [3, 2], stride: [2, 1] }), inputs: [{ shape: [2, 5, 4] }], output: [2, 2, 3], states: { weight: [2], bias: [2] }, torch: "lambda x, p: trainable_subsampling2d(x, p, (3, 2), (2, 1))" },
  ],
};
