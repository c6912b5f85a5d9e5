/** One value out of each window, or out of each channel. */
export { adaptiveAvgPool1d } from "./adaptive-avg-pool1d.ts";
export { adaptiveAvgPool2d } from "./adaptive-avg-pool2d.ts";
export { adaptiveMaxPool1d } from "./adaptive-max-pool1d.ts";
export { adaptiveMaxPool2d } from "./adaptive-max-pool2d.ts";
export { AdaptivePool2d, type AdaptiveSize } from "./adaptive-pool2d.ts";
export { type AvgPool1dOptions, avgPool1d } from "./avg-pool1d.ts";
export { type AvgPool2dOptions, avgPool2d } from "./avg-pool2d.ts";
export { globalAvgPool1d } from "./global-avg-pool1d.ts";
export { globalAvgPool2d } from "./global-avg-pool2d.ts";
export { globalMaxPool1d } from "./global-max-pool1d.ts";
export { globalMaxPool2d } from "./global-max-pool2d.ts";
export { GlobalPool, type GlobalPoolOptions } from "./global-pool.ts";
export { type LpPool1dOptions, lpPool1d } from "./lp-pool1d.ts";
export { LpPool2d, type LpPool2dOptions, lpPool2d } from "./lp-pool2d.ts";
export { type MaxPool1dOptions, maxPool1d } from "./max-pool1d.ts";
export { type MaxPool2dOptions, maxPool2d } from "./max-pool2d.ts";
export { MedianPool2d, type MedianPool2dOptions, medianPool2d } from "./median-pool2d.ts";
export { Pool1d, type Pool1dOptions } from "./pool1d.ts";
export { Pool2d, type Pool2dOptions } from "./pool2d.ts";
export {
  StochasticPool2d,
  type StochasticPool2dOptions,
  stochasticPool2d,
} from "./stochastic-pool2d.ts";
export { SumPool2d, sumPool2d } from "./sum-pool2d.ts";
export {
  TrainableSubsampling2d,
  type TrainableSubsampling2dOptions,
  trainableSubsampling2d,
} from "./trainable-subsampling2d.ts";
