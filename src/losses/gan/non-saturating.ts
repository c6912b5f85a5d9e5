/**
 * The discriminator's loss of `minimax`; the generator lowers −E log D(G(z)) instead, whose gradient is strong where the
 * discriminator sees through it (Goodfellow et al. 2014, arXiv:1406.2661, section 3).
 */
import { softplus as softplusOp } from "../../ops/softplus.ts";
import type { LossSpec } from "../loss-spec.ts";
import type { GanLoss } from "./gan-loss.ts";
import { minimax } from "./minimax.ts";

export const nonSaturating: GanLoss = {
  discriminator: minimax.discriminator,
  generator: (fake) => fake.builder.apply(softplusOp, [fake.neg()]).mean(),
};

export const nonSaturatingSpec: LossSpec = {
  name: "gan.nonSaturating",
  formula: "L_D = −E log D(x) − E log(1 − D(G(z))), L_G = −E log D(G(z))",
  shapes: "logits of real and of generated images → two scalars",
  source: "Goodfellow et al. 2014, arXiv:1406.2661, section 3",
  torch: null,
  // biome-ignore format: one case a line
  samples: [
    { name: "generator", inputs: [{ shape: [1, 2, 2], low: -4, high: 4 }], run: nonSaturating.generator, torch: "lambda f: bce_of(f, 1)" },
  ],
};
