/**
 * The critic lowers E D(G(z)) − E D(x), the generator −E D(G(z)): the distance of two distributions, as far as the critic
 * is Lipschitz (Arjovsky et al. 2017, arXiv:1701.07875, algorithm 1). Add `gradientPenalty` to the critic's loss.
 */
import type { LossSpec } from "../loss-spec.ts";
import { checkPair, type GanLoss } from "./gan-loss.ts";

export const wasserstein: GanLoss = {
  discriminator(real, fake) {
    checkPair("gan.wasserstein", real, fake);
    return fake.mean().sub(real.mean());
  },
  generator: (fake) => fake.mean().neg(),
};

export const wassersteinSpec: LossSpec = {
  name: "gan.wasserstein",
  formula: "L_D = E D(G(z)) − E D(x), L_G = −E D(G(z))",
  shapes: "scores of real and of generated images → two scalars",
  source: "Arjovsky et al. 2017, arXiv:1701.07875, algorithm 1",
  torch: null,
  // biome-ignore format: one case a line
  samples: [
    { name: "critic", inputs: [{ shape: [1] }, { shape: [1] }], run: wasserstein.discriminator, torch: "lambda r, f: f.mean() - r.mean()" },
    { name: "generator", inputs: [{ shape: [1, 2, 2] }], run: wasserstein.generator, torch: "lambda f: -f.mean()" },
  ],
};
