/**
 * The discriminator lowers ½·E (D(x) − 1)² + ½·E D(G(z))², the generator ½·E (D(G(z)) − 1)², with D the score itself
 * (Mao et al. 2017, arXiv:1611.04076, equation 9).
 */
import type { Tensor } from "../../graph/tensor.ts";
import type { LossSpec } from "../loss-spec.ts";
import { checkPair, type GanLoss } from "./gan-loss.ts";

const halfSquares = (x: Tensor, wanted: number): Tensor => x.sub(wanted).square().mean().mul(0.5);

export const leastSquares: GanLoss = {
  discriminator(real, fake) {
    checkPair("gan.leastSquares", real, fake);
    return halfSquares(real, 1).add(halfSquares(fake, 0));
  },
  generator: (fake) => halfSquares(fake, 1),
};

export const leastSquaresSpec: LossSpec = {
  name: "gan.leastSquares",
  formula: "L_D = ½·E (D(x) − 1)² + ½·E D(G(z))², L_G = ½·E (D(G(z)) − 1)²",
  shapes: "scores of real and of generated images → two scalars",
  source: "Mao et al. 2017, arXiv:1611.04076, equation 9",
  torch: null,
  // biome-ignore format: one case a line
  samples: [
    { name: "discriminator", inputs: [{ shape: [1] }, { shape: [1] }], run: leastSquares.discriminator, torch: "lambda r, f: (F.mse_loss(r, torch.ones_like(r)) + F.mse_loss(f, torch.zeros_like(f))) / 2" },
    { name: "generator", inputs: [{ shape: [1, 2, 2] }], run: leastSquares.generator, torch: "lambda f: F.mse_loss(f, torch.ones_like(f)) / 2" },
  ],
};
