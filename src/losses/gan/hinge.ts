/**
 * The discriminator lowers E max(0, 1 − D(x)) + E max(0, 1 + D(G(z))), the generator −E D(G(z)) (Lim and Ye 2017,
 * arXiv:1705.02894; Miyato et al. 2018, arXiv:1802.05957, equations 16 and 17).
 */
import type { LossSpec } from "../loss-spec.ts";
import { checkPair, type GanLoss } from "./gan-loss.ts";

export const hinge: GanLoss = {
  discriminator(real, fake) {
    checkPair("gan.hinge", real, fake);
    const relu = (x: typeof real) => x.builder.apply("relu", [x]);
    return relu(real.rsub(1))
      .mean()
      .add(relu(fake.add(1)).mean());
  },
  generator: (fake) => fake.mean().neg(),
};

export const ganHingeSpec: LossSpec = {
  name: "gan.hinge",
  formula: "L_D = E max(0, 1 − D(x)) + E max(0, 1 + D(G(z))), L_G = −E D(G(z))",
  shapes: "scores of real and of generated images → two scalars",
  source:
    "Lim and Ye 2017, arXiv:1705.02894; Miyato et al. 2018, arXiv:1802.05957, equations 16 and 17",
  torch: null,
  // biome-ignore format: one case a line
  samples: [
    { name: "discriminator", inputs: [{ shape: [1], low: -2, high: 2 }, { shape: [1], low: -2, high: 2 }], run: hinge.discriminator, torch: "lambda r, f: F.relu(1 - r).mean() + F.relu(1 + f).mean()" },
    { name: "generator", inputs: [{ shape: [1, 2, 2] }], run: hinge.generator, torch: "lambda f: -f.mean()" },
  ],
};
