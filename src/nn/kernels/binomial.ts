/**
 * A row of Pascal's triangle along both axes: the cheapest approximation of a Gaussian, σ² = (n − 1)/4. Image pyramids
 * and anti-aliased pooling blur with it.
 */
import { checkSize, type Kernel, type KernelSpec, normalized, outerProduct } from "./kernel.ts";

export function binomial(size = 3): Kernel {
  checkSize("binomial", [size, size]);
  let row = [1];
  while (row.length < size) row = [1, ...row.slice(1).map((value, i) => value + row[i]), 1];
  return normalized(outerProduct(row, row));
}

export const binomialSpec: KernelSpec = {
  name: "binomial",
  formula: "k[i, j] = C(n − 1, i)·C(n − 1, j)/4ⁿ⁻¹",
  shapes: "size n → n×n",
  source: "Burt and Adelson 1983, IEEE Trans. Communications 31(4), with a = 3/8 for n = 5",
  torch: null,
  samples: [
    { name: "binomial: 1", make: () => binomial(1) },
    { name: "binomial: 4", make: () => binomial(4) },
    { name: "binomial: 5", make: () => binomial(5) },
  ],
};
