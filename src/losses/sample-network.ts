/** A small network of known weights, for the samples of losses that look into one. */
import { sizeOf } from "../core/shape.ts";
import { relu } from "../nn/activation/relu.ts";
import { conv2d } from "../nn/convolution/conv2d.ts";
import type { Init } from "../nn/init/initializer.ts";
import { type Sequential, sequential } from "../nn/structure/sequential.ts";

/** Values −5/8 … 5/8, exact in f32, in an order without a short period. */
const known: Init = (shape) =>
  Float64Array.from({ length: sizeOf(shape) }, (_, i) => (((i * i + 3 * i) % 11) - 5) / 8);

/** Layers "0", "1" and "2" over images of two channels. */
export const sampleNetwork = (): Sequential =>
  sequential(
    conv2d(4, { kernel: 3, weightInit: known, biasInit: known }),
    relu(),
    conv2d(3, { kernel: 2, weightInit: known, biasInit: known }),
  );
