/**
 * The Laplacian of a Gaussian, an edge detector that blurs first; its negative is the "Mexican hat". The mean is taken
 * off, so that flat regions give exactly 0 although the bell is cut off.
 */
import { type Pair, pair } from "../pair.ts";
import { gaussian } from "./gaussian.ts";
import { checkPositive, type Kernel, type KernelSpec } from "./kernel.ts";

export interface LaplacianOfGaussianOptions {
  readonly sigma: number;
  /** 4σ to each side by default. */
  readonly size?: Pair;
}

export function laplacianOfGaussian({ sigma, size }: LaplacianOfGaussianOptions): Kernel {
  checkPositive("laplacianOfGaussian", { sigma });
  const bell = gaussian({ sigma, size: size && pair(size) });
  const [rows, columns] = bell.shape;
  const values = bell.values.map((g, at) => {
    const i = Math.floor(at / columns) - (rows - 1) / 2;
    const j = (at % columns) - (columns - 1) / 2;
    return (g * (i * i + j * j - 2 * sigma ** 2)) / sigma ** 4;
  });
  const mean = values.reduce((a, b) => a + b, 0) / values.length;
  return { shape: bell.shape, values: values.map((value) => value - mean) };
}

export const laplacianOfGaussianSpec: KernelSpec = {
  name: "laplacianOfGaussian",
  formula: "k = (i² + j² − 2σ²)/σ⁴·G(i, j) − mean, G the Gaussian of sum 1",
  shapes: "σ, size → rows×columns",
  source:
    'Marr and Hildreth 1980, Proc. Royal Society B 207, as MATLAB\'s fspecial("log") cuts it off',
  torch: null,
  samples: [
    { name: "laplacianOfGaussian: σ 1", make: () => laplacianOfGaussian({ sigma: 1 }) },
    {
      name: "laplacianOfGaussian: σ 0.5, 5×5",
      make: () => laplacianOfGaussian({ sigma: 0.5, size: 5 }),
    },
  ],
};
