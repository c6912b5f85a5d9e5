/** The catalogue of this folder, for tests and for docs/layers.md. */
import { binomialSpec } from "./binomial.ts";
import { boxSpec } from "./box.ts";
import { edgeSpec } from "./edge.ts";
import { embossSpec } from "./emboss.ts";
import { gaborSpec } from "./gabor.ts";
import { gaussianSpec } from "./gaussian.ts";
import type { KernelSpec } from "./kernel.ts";
import { laplacianSpec } from "./laplacian.ts";
import { laplacianOfGaussianSpec } from "./laplacian-of-gaussian.ts";
import { motionBlurSpec } from "./motion-blur.ts";
import { prewittSpec } from "./prewitt.ts";
import { scharrSpec } from "./scharr.ts";
import { sharpenSpec } from "./sharpen.ts";
import { sobelSpec } from "./sobel.ts";

export const kernelSpecs: readonly KernelSpec[] = [
  boxSpec,
  binomialSpec,
  gaussianSpec,
  motionBlurSpec,
  sobelSpec,
  prewittSpec,
  scharrSpec,
  laplacianSpec,
  laplacianOfGaussianSpec,
  sharpenSpec,
  embossSpec,
  edgeSpec,
  gaborSpec,
];
