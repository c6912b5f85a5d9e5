/**
 * The discriminator lowers −E log D(x) − E log(1 − D(G(z))), the generator the second term's negative,
 * E log(1 − D(G(z))), with D = σ of the logits (Goodfellow et al. 2014, arXiv:1406.2661, equation 1). The generator's
 * gradient fades while the discriminator is sure of it: see `nonSaturating`.
 */
import { softplus as softplusOp } from "../../ops/softplus.ts";
import type { LossSpec } from "../loss-spec.ts";
import { checkPair, type GanLoss } from "./gan-loss.ts";

export const minimax: GanLoss = {
  discriminator(real, fake) {
    checkPair("gan.minimax", real, fake);
    const softplus = (x: typeof real) => x.builder.apply(softplusOp, [x]);
    // −log σ(x) = softplus(−x) and −log(1 − σ(x)) = softplus(x)
    return softplus(real.neg()).mean().add(softplus(fake).mean());
  },
  generator: (fake) => fake.builder.apply(softplusOp, [fake]).mean().neg(),
};

export const minimaxSpec: LossSpec = {
  name: "gan.minimax",
  formula: "L_D = −E log D(x) − E log(1 − D(G(z))), L_G = E log(1 − D(G(z)))",
  shapes: "logits of real and of generated images → two scalars",
  source: "Goodfellow et al. 2014, arXiv:1406.2661, equation 1",
  torch: null,
  // biome-ignore format: one case a line
  samples: [
    { name: "discriminator", inputs: [{ shape: [1], low: -4, high: 4 }, { shape: [1], low: -4, high: 4 }], run: minimax.discriminator, torch: "lambda r, f: bce_of(r, 1) + bce_of(f, 0)" },
    { name: "generator", inputs: [{ shape: [1, 2, 2], low: -4, high: 4 }], run: minimax.generator, torch: "lambda f: -bce_of(f, 0)" },
    { name: "extreme logits", inputs: [{ shape: [], values: [100, -100, 1e4, -1e4, 0] }, { shape: [], values: [-100, 100, 0, 1e4, -1e4] }], run: minimax.discriminator, torch: "lambda r, f: bce_of(r, 1) + bce_of(f, 0)" },
  ],
};
