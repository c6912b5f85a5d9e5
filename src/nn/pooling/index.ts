/** One value out of each window, or out of each channel. */
export {
  type AvgPool2dOptions,
  avgPool2d,
  GlobalPool2d,
  globalAvgPool2d,
  globalMaxPool2d,
  type MaxPool2dOptions,
  maxPool2d,
  Pool2d,
} from "./pooling.ts";
