/**
 * The identity as a convolution: output channel d of a group copies input channel d, as far as there are both (Zagoruyko and
 * Komodakis 2017, arXiv:1706.00388).
 *
 *     W[g·O/G + d, d, ⌊k/2⌋, …] = 1, else 0
 *
 * Outputs beyond the inputs may have other values than 0 (Jordan 2024, arXiv:2404.00498, section 3.3).
 */
import { ConvkitError } from "../../core/error.ts";
import { formatShape, sizeOf } from "../../core/shape.ts";
import { zeros } from "./constant.ts";
import type { InitSpec } from "./init-spec.ts";
import type { Init } from "./initializer.ts";

export interface DiracOptions {
  readonly groups?: number;
  /** Of the outputs that have no input to copy; 0 by default. */
  readonly rest?: Init;
}

export const dirac =
  ({ groups = 1, rest = zeros() }: DiracOptions = {}): Init =>
  (shape, random) => {
    const [outputs, inputs, ...kernel] = shape;
    if (kernel.length < 1 || outputs % groups !== 0) {
      throw new ConvkitError(
        "dirac",
        `got ${formatShape(shape)} in ${groups} groups — give a convolution's weight, whose outputs the groups divide`,
      );
    }
    const values = Float64Array.from(rest(shape, random));
    const field = sizeOf(kernel);
    const centre = kernel.reduce((at, size) => at * size + Math.floor(size / 2), 0);
    const own = outputs / groups;
    for (let output = 0; output < outputs; output++) {
      const input = output % own;
      if (input >= inputs) continue;
      values.fill(0, output * inputs * field, (output + 1) * inputs * field);
      values[(output * inputs + input) * field + centre] = 1;
    }
    return values;
  };

export const diracSpec: InitSpec = {
  name: "dirac",
  formula: "W[g·O/G + d, d, ⌊k/2⌋, …] = 1, else 0",
  shapes: "O×I×k…",
  source: "Zagoruyko and Komodakis 2017, arXiv:1706.00388",
  torch: "nn.init.dirac_",
  // 4 ones among 72.
  samples: [
    {
      init: /* @__PURE__ */ dirac(),
      shape: [4, 6, 3],
      mean: 4 / 72,
      std: Math.sqrt((4 / 72) * (68 / 72)),
      low: 0,
      high: 1,
    },
  ],
};
