/**
 * Structural similarity over scales: Π contrast_jʷʲ over all but the coarsest, times ssim_Mʷᴹ there; each scale is the mean of
 * 2×2 pixels of the one before. Contrast and structure that disagree (below 0) count as 0.
 * Wang, Simoncelli and Bovik 2003, Asilomar Conference on Signals, equation 7, with the weights of its section 3.2.
 */
import { ConvkitError } from "../core/error.ts";
import { formatShape } from "../core/shape.ts";
import { meanOfImages } from "./mean-error.ts";
import type { Metric } from "./metric.ts";
import type { MetricSpec } from "./metric-spec.ts";
import { imageShape, SimilarityPlanes, type SsimOptions } from "./ssim.ts";

export interface MultiScaleSsimOptions extends SsimOptions {
  /** Exponents from the finest scale to the coarsest; the paper's five by default. */
  readonly weights?: readonly number[];
}

/** The window has to fit into the coarsest scale: by default sides are 176 pixels or more. */
export function multiScaleSsim(options: MultiScaleSsimOptions): Metric<number> {
  const { weights = [0.0448, 0.2856, 0.3001, 0.2363, 0.1333], kernel = 11 } = options;
  const [channels, height, width] = imageShape("multiScaleSsim", options.shape);
  const planes = new SimilarityPlanes("multiScaleSsim", options);
  const halvings = weights.length - 1;
  if (halvings < 0 || Math.min(height, width) >> halvings < kernel) {
    throw new ConvkitError(
      "multiScaleSsim",
      `images ${formatShape(options.shape)} are too small for a window of ${kernel} at ${weights.length} scales — ` +
        "give fewer weights or a smaller kernel",
    );
  }
  return meanOfImages("multiScaleSsim", options.shape, (images, targets, start) => {
    const size = channels * height * width;
    let x = Float64Array.from({ length: size }, (_, i) => images[start + i]);
    let y = Float64Array.from({ length: size }, (_, i) => targets[start + i]);
    let product = 1;
    weights.forEach((weight, scale) => {
      const h = height >> scale;
      const w = width >> scale;
      let sum = 0;
      for (let c = 0; c < channels; c++) {
        const { ssim, contrast } = planes.compare(x, y, c * h * w, h, w);
        sum += scale < halvings ? contrast : ssim;
      }
      product *= Math.max(0, sum / channels) ** weight;
      if (scale < halvings) [x, y] = [halve(x, channels, h, w), halve(y, channels, h, w)];
    });
    return product;
  });
}

/** The mean of 2×2 pixels; a last odd row or column is left out. */
function halve(
  x: Float64Array,
  channels: number,
  height: number,
  width: number,
): Float64Array<ArrayBuffer> {
  const h = height >> 1;
  const w = width >> 1;
  return Float64Array.from({ length: channels * h * w }, (_, i) => {
    const column = i % w;
    const line = (i - column) / w;
    const row = line % h;
    const at = (((line - row) / h) * height + 2 * row) * width + 2 * column;
    return (x[at] + x[at + 1] + x[at + width] + x[at + width + 1]) / 4;
  });
}

export const multiScaleSsimSpec: MetricSpec = {
  name: "multiScaleSsim",
  formula: "Π_{j<M} contrast_jʷʲ · ssim_Mʷᴹ",
  shapes: "images N×C×H×W, targets N×C×H×W → a number",
  source: "Wang et al. 2003, Asilomar Conference on Signals, Systems and Computers, eq. 7",
  torch: "torchmetrics.MultiScaleStructuralSimilarityIndexMeasure",
  memory: "constant",
  nan: "spreads",
  // biome-ignore format: one case a line
  samples: [
    { name: "5 scales", make: () => multiScaleSsim({ shape: [1, 49, 53], kernel: 3 }), draw: { n: 1, values: [1, 49, 53] }, expected: "ms_ssim(s, y, 3, [0.0448, 0.2856, 0.3001, 0.2363, 0.1333])" },
    { name: "3 scales, colour", make: () => multiScaleSsim({ shape: [2, 46, 45], weights: [0.3, 0.4, 0.3] }), draw: { n: 2, values: [2, 46, 45] }, expected: "ms_ssim(s, y, 11, [0.3, 0.4, 0.3])" },
  ],
};
