/**
 * Filters that whiten the patches of given images (Coates and Ng 2011, section 3.2; as a network's first layer, frozen and with each
 * filter's negative beside it, Page 2019, "How to train your ResNet 8", and Jordan 2024, arXiv:2404.00498, section 3.2): the
 * eigenvectors vᵢ of the patches' covariance C = E[x·xᵀ] by their variance λᵢ, largest first,
 *
 *     W[i] = vᵢ/√(λᵢ + ε);   W[O/2 + i] = −W[i],   i < O/2
 *
 * The images are taken as they are, so prepare them as the network's input is. Random numbers are not drawn.
 */
import { eigenSymmetric } from "../../core/eigen-symmetric.ts";
import { ConvkitError } from "../../core/error.ts";
import { Random } from "../../core/random.ts";
import { formatShape, type Shape, sizeOf } from "../../core/shape.ts";
import type { InitSpec } from "./init-spec.ts";

/** N×C×H×W. */
export interface ImageArray {
  readonly shape: Shape;
  readonly data: ArrayLike<number>;
}

export interface WhiteningOptions {
  /** Added to each variance, so that directions of next to none are not blown up; 5e-4 by default. */
  readonly eps?: number;
}

/** For the weight O×C×kH×kW of a convolution: O even, and at most twice the C·kH·kW directions that there are. */
export const whitening =
  (images: ImageArray, { eps = 5e-4 }: WhiteningOptions = {}) =>
  (shape: Shape): Float64Array => {
    const size = sizeOf(shape.slice(1));
    const [outputs] = shape;
    check(shape, images.shape);
    const directions = eigenSymmetric(patchCovariance(images, shape), size);
    const values = new Float64Array(outputs * size);
    for (let i = 0; i < outputs / 2; i++) {
      const { value, vector } = directions[i];
      const filter = vector.map((x) => x / Math.sqrt(Math.max(0, value) + eps));
      values.set(filter, i * size);
      values.set(
        filter.map((x) => -x),
        (outputs / 2 + i) * size,
      );
    }
    return values;
  };

function check(shape: Shape, images: Shape): void {
  const [outputs, channels, height, width] = shape;
  const [n, c, h, w] = images;
  const fits =
    shape.length === 4 &&
    outputs % 2 === 0 &&
    outputs / 2 <= channels * height * width &&
    images.length === 4 &&
    n > 0 &&
    c === channels &&
    h >= height &&
    w >= width;
  if (fits) return;
  throw new ConvkitError(
    "whitening",
    `got the weight ${formatShape(shape)} and images ${formatShape(images)} — give a convolution's weight of an even number of ` +
      "filters, at most twice as many as a patch has values, and images of its channels that its window fits into",
  );
}

/** E[x·xᵀ] over all patches of all images; its lower triangle. */
function patchCovariance({ shape, data }: ImageArray, [, , kH, kW]: Shape): Float64Array {
  const [n, channels, height, width] = shape;
  const size = channels * kH * kW;
  const sums = new Float64Array(size * size);
  const patch = new Float64Array(size);
  const [rows, columns] = [height - kH + 1, width - kW + 1];
  for (let image = 0; image < n; image++) {
    for (let y = 0; y < rows; y++) {
      for (let x = 0; x < columns; x++) {
        for (let c = 0, at = 0; c < channels; c++) {
          for (let dy = 0; dy < kH; dy++) {
            const row = ((image * channels + c) * height + y + dy) * width + x;
            for (let dx = 0; dx < kW; dx++) patch[at++] = data[row + dx];
          }
        }
        for (let a = 0; a < size; a++) {
          const value = patch[a];
          for (let b = 0; b <= a; b++) sums[a * size + b] += value * patch[b];
        }
      }
    }
  }
  return sums.map((sum) => sum / (n * rows * columns));
}

/** Of white noise, whose covariance is 1: the filters of a rotation. */
function noise(): ImageArray {
  const shape = [64, 1, 12, 12];
  const random = new Random(0, "noise");
  return { shape, data: Float64Array.from({ length: sizeOf(shape) }, () => random.normal()) };
}

export const whiteningSpec: InitSpec = {
  name: "whitening",
  formula:
    "W[i] = vᵢ/√(λᵢ + ε), W[O/2 + i] = −W[i]; λᵢ, vᵢ of E[x·xᵀ] over the patches of given images",
  shapes: "O×C×kH×kW",
  source: "Page 2019, How to train your ResNet 8; Jordan 2024, arXiv:2404.00498, section 3.2",
  torch: null,
  samples: [
    {
      init: /* @__PURE__ */ whitening(/* @__PURE__ */ noise(), { eps: 1 }),
      shape: [8, 1, 2, 2],
      mean: 0,
      std: Math.sqrt(1 / 2 / 4),
      low: -1,
      high: 1,
    },
  ],
};
