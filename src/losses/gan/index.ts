/** Losses of generative adversarial networks: a pair each, for the discriminator and for the generator. */
export type { GanLoss } from "./gan-loss.ts";
export { type GradientPenaltyOptions, gradientPenalty } from "./gradient-penalty.ts";
export { hinge } from "./hinge.ts";
export { leastSquares } from "./least-squares.ts";
export { minimax } from "./minimax.ts";
export { nonSaturating } from "./non-saturating.ts";
export { wasserstein } from "./wasserstein.ts";
