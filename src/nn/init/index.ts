/** Initial values of weights: `nn.init.kaimingNormal({ nonlinearity: "relu" })`. */
export { constant, ones, zeros } from "./constant.ts";
export { type DiracOptions, dirac } from "./dirac.ts";
export { eye } from "./eye.ts";
export { fans } from "./fans.ts";
export { calculateGain, type Nonlinearity } from "./gain.ts";
export type { InitSample, InitSpec } from "./init-spec.ts";
export type { Init } from "./initializer.ts";
export { type KaimingOptions, kaimingNormal, kaimingUniform } from "./kaiming.ts";
export { defaultBias, defaultWeight } from "./layer-default.ts";
export { lecunNormal, lecunUniform } from "./lecun.ts";
export { normal } from "./normal.ts";
export { orthogonal } from "./orthogonal.ts";
export { sparse } from "./sparse.ts";
export { type TruncNormalOptions, truncNormal, truncNormalTf } from "./trunc-normal.ts";
export { uniform } from "./uniform.ts";
export { type VarianceScalingOptions, varianceScaling } from "./variance-scaling.ts";
export { type ImageArray, type WhiteningOptions, whitening } from "./whitening.ts";
export { glorotNormal, glorotUniform, xavierNormal, xavierUniform } from "./xavier.ts";
