/** Fixed kernels: `nn.kernels.gaussian({ sigma: 1 })`. */
export { binomial } from "./binomial.ts";
export { box } from "./box.ts";
export type { Direction } from "./derivative.ts";
export { edge } from "./edge.ts";
export { emboss } from "./emboss.ts";
export { type GaborOptions, gabor } from "./gabor.ts";
export { type GaussianOptions, gaussian } from "./gaussian.ts";
export { type Kernel, type KernelSpec, kernelInit } from "./kernel.ts";
export { type LaplacianOptions, laplacian } from "./laplacian.ts";
export { type LaplacianOfGaussianOptions, laplacianOfGaussian } from "./laplacian-of-gaussian.ts";
export { type MotionBlurOptions, motionBlur } from "./motion-blur.ts";
export { prewitt } from "./prewitt.ts";
export { scharr } from "./scharr.ts";
export { type SharpenOptions, sharpen } from "./sharpen.ts";
export { sobel } from "./sobel.ts";
