/**
 * w = g·v/‖v‖: the direction and the length of a layer's weights are trained apart (Salimans and Kingma 2016,
 * arXiv:1602.07868, equation 2), as PyTorch's torch.nn.utils.weight_norm does it: a length for each output, the
 * first axis of a weight. g begins as ‖v‖, so that the layer computes what it did.
 */
import { ConvkitError } from "../../core/error.ts";
import { formatShape, type Shape } from "../../core/shape.ts";
import { conv2d } from "../convolution/conv2d.ts";
import type { Init } from "../init/initializer.ts";
import type { LayerSpec } from "../layer-spec.ts";
import { linear } from "../linear/linear.ts";
import type { AnyModule } from "../module.ts";
import { parametrize } from "../parametrize.ts";

export interface WeightNormOptions {
  /** The parameter: `weight` becomes `weight_g` and `weight_v`; "weight" by default. */
  readonly name?: string;
  /** The axis with a length for each of its places; null for one length of the whole weight; 0 by default. */
  readonly axis?: number | null;
}

/** Gives the layer back, its parameter normalised from the next trace on, until `removeParametrization`. */
export function weightNorm<M extends AnyModule>(
  layer: M,
  { name = "weight", axis = 0 }: WeightNormOptions = {},
): M {
  return parametrize(layer, name, ({ param }, shape, init) => {
    if (axis !== null && !(axis >= 0 && axis < shape.length)) {
      throw new ConvkitError(
        "weightNorm",
        `axis ${axis} of ${name}, which is ${formatShape(shape)} — name one of its axes, or null for all`,
      );
    }
    const lengths = axis === null ? [] : shape.map((size, i) => (i === axis ? size : 1));
    const others = shape.map((_, i) => i).filter((i) => i !== axis);
    const g = param(`${name}_g`, lengths, lengthsOf(shape, axis, init));
    const v = param(`${name}_v`, shape, init);
    const squares = v.square().sum(others, axis !== null);
    return v.mul(g.div(squares.sqrt()));
  });
}

/** ‖v‖ for each place of axis `axis`, of the values that `init` gives. */
const lengthsOf =
  (shape: Shape, axis: number | null, init: Init): Init =>
  (_, random) => {
    const values = init(shape, random);
    const sizeAfter =
      axis === null ? values.length : shape.slice(axis + 1).reduce((a, b) => a * b, 1);
    const places = axis === null ? 1 : shape[axis];
    const squares = new Float64Array(places);
    for (let i = 0; i < values.length; i++) {
      squares[Math.floor(i / sizeAfter) % places] += values[i] ** 2;
    }
    return squares.map(Math.sqrt);
  };

export const weightNormSpec: LayerSpec = {
  name: "weightNorm",
  formula: "w = g·v/‖v‖, g and v trained instead of w",
  shapes: "a layer → the same layer",
  source: "Salimans and Kingma 2016, arXiv:1602.07868, equation 2",
  torch: "nn.utils.weight_norm",
  // biome-ignore format: one case a line
  samples: [
    { name: "linear", make: () => weightNorm(linear(4)), inputs: [{ shape: [5] }], output: [4], states: { weight_g: [4, 1], weight_v: [4, 5], bias: [4] }, torch: "nn.utils.weight_norm(nn.Linear(5, 4))" },
    { name: "convolution, another axis", make: () => weightNorm(conv2d(4, { kernel: [3, 2] }), { axis: 1 }), inputs: [{ shape: [2, 5, 4] }], output: [4, 3, 3], states: { weight_g: [1, 2, 1, 1], weight_v: [4, 2, 3, 2], bias: [4] }, torch: "nn.utils.weight_norm(nn.Conv2d(2, 4, (3, 2)), dim=1)" },
    { name: "one length", make: () => weightNorm(linear(4, { bias: false }), { axis: null }), inputs: [{ shape: [5] }], output: [4], states: { weight_g: [], weight_v: [4, 5] }, torch: "nn.utils.weight_norm(nn.Linear(5, 4, bias=False), dim=None)" },
  ],
};
