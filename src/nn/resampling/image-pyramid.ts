/**
 * An image at 1, ½, ¼, … of its size (Burt and Adelson 1983, "The Laplacian pyramid as a compact image code", IEEE
 * Trans. Communications 31(4)), with OpenCV's kernel and edges:
 *
 *   reduce(x) = every second row and column of k ⋆ x
 *   expand(x) = 4·k ⋆ (x with zeros between its rows and columns)
 *   G₀ = x,  Gₗ₊₁ = reduce(Gₗ);    Lₗ = Gₗ − expand(Gₗ₊₁),  the last L the last G
 *
 * where k is 1 4 6 4 1 along both axes, divided by 256, and the image is mirrored at its edges.
 */
import { ConvkitError } from "../../core/error.ts";
import { formatShape } from "../../core/shape.ts";
import type { Tensor } from "../../graph/tensor.ts";
import { Parameter } from "../../tensor/parameter.ts";
import { convolve } from "../convolution/conv2d.ts";
import { module } from "../function-module.ts";
import { checkImages } from "../images.ts";
import { binomial } from "../kernels/binomial.ts";
import type { LayerSpec } from "../layer-spec.ts";

/** G₀ … of `levels` images, the first one x itself: N×C×H×W, N×C×⌈H/2⌉×⌈W/2⌉, … */
export function imagePyramid(x: Tensor, levels: number): Tensor[] {
  return gaussianLevels("imagePyramid", x, levels, blurKernel("imagePyramid", x));
}

/** L₀ … of `levels` images: what each size has that the next smaller one lacks, and the smallest image. */
export function laplacianPyramid(x: Tensor, levels: number): Tensor[] {
  const kernel = blurKernel("laplacianPyramid", x);
  const images = gaussianLevels("laplacianPyramid", x, levels, kernel);
  return images.map((image, level) => {
    const smaller = images.at(level + 1);
    return smaller ? image.sub(expand(smaller, image.shape, kernel)) : image;
  });
}

/** The image that `laplacianPyramid` took apart. */
export function collapsePyramid(levels: readonly Tensor[]): Tensor {
  if (levels.length === 0) throw new ConvkitError("collapsePyramid", "there are no levels");
  const kernel = blurKernel("collapsePyramid", levels[0]);
  return levels.reduceRight((smaller, level) => level.add(expand(smaller, level.shape, kernel)));
}

function gaussianLevels(where: string, x: Tensor, levels: number, kernel: Tensor): Tensor[] {
  const images = [x];
  while (images.length < levels) {
    const last = images[images.length - 1];
    if (Math.min(last.shape[2], last.shape[3]) < 3) break;
    const options = { stride: 2, padding: 2, paddingMode: "reflect" } as const;
    images.push(convolve(where, last, kernel, x.shape[1], options));
  }
  if (images.length === levels) return images;
  throw new ConvkitError(
    where,
    `${levels} levels of ${formatShape(x.shape)}, expected from 1 to ${images.length} — an image ` +
      "is mirrored at its edges, so its sides have at least 3 pixels",
  );
}

/** The image at twice its size, cut to the rows and columns of `shape`. */
function expand(x: Tensor, shape: readonly number[], kernel: Tensor): Tensor {
  const one = [0, 0, 1, 1];
  const wide = x.builder.apply("pad", [x.mul(4)], { after: one, interior: one });
  const options = { padding: 2, paddingMode: "reflect" } as const;
  const smooth = convolve("laplacianPyramid", wide, kernel, x.shape[1], options);
  return smooth.slice(2, 0, shape[2]).slice(3, 0, shape[3]);
}

/** The kernel for each channel, as a table that no one trains. */
function blurKernel(where: string, x: Tensor): Tensor {
  checkImages(where, x);
  const { shape, values } = binomial(5);
  const all = () => Array.from({ length: x.shape[1] }, () => values).flat();
  const table = new Parameter("pyramid", [x.shape[1], 1, ...shape], all, { trainable: false });
  return x.builder.state(table);
}

const source = "Burt and Adelson 1983, IEEE Trans. Communications 31(4)";
const shapes = "N×C×H×W → N×C×H×W, N×C×⌈H/2⌉×⌈W/2⌉, …";

export const imagePyramidSpec: LayerSpec = {
  name: "imagePyramid",
  formula: "G₀ = x, Gₗ₊₁ = every second row and column of k ⋆ Gₗ, k the binomial kernel",
  shapes,
  source,
  torch: null,
  // The numbers are held to OpenCV's beside this file.
  // biome-ignore format: one case a line
  samples: [
    { name: "its third image", make: () => module("pyramid", (x) => imagePyramid(x, 3)[2]), inputs: [{ shape: [2, 9, 6] }], output: [2, 3, 2] },
  ],
};

export const laplacianPyramidSpec: LayerSpec = {
  name: "laplacianPyramid",
  formula: "Lₗ = Gₗ − expand(Gₗ₊₁), the last L the last G",
  shapes,
  source,
  torch: null,
  // biome-ignore format: one case a line
  samples: [
    { name: "its second image", make: () => module("pyramid", (x) => laplacianPyramid(x, 3)[1]), inputs: [{ shape: [2, 9, 6] }], output: [2, 5, 3] },
  ],
};
