/** Dropout of whole channels of sequences: the one-dimensional form of `dropout2d`. */
import type { LayerSpec } from "../layer-spec.ts";
import { ChannelDropout } from "./dropout2d.ts";

export const dropout1d = (p = 0.5): ChannelDropout => new ChannelDropout(p, 1);

export const dropout1dSpec: LayerSpec = {
  name: "dropout1d",
  formula: "y = x/(1 − p) with probability 1 − p, else 0, for whole channels; in evaluation y = x",
  shapes: "N×C×L → the same",
  source: "Tompson et al. 2014, arXiv:1411.4280, section 3.2",
  torch: "nn.Dropout1d",
  samples: [
    {
      name: "half",
      make: () => dropout1d(),
      inputs: [{ shape: [6, 5] }],
      output: [6, 5],
      torch: "nn.Dropout1d()",
    },
  ],
};
