/**
 * A function with a gradient of the user's own: for a rounding that passes its gradient straight through, or a
 * formula that is more exact than what the parts would give.
 */
import { ConvkitError } from "../core/error.ts";
import type { GradientRule } from "../graph/builder.ts";
import type { Tensor } from "../graph/tensor.ts";

/**
 * `backward(ct, inputs, y)` gives one cotangent (or null) for each argument of `forward`. Tensors that `forward`
 * uses without taking them as arguments are constants to it.
 *
 *     const roundThrough = customGradient((x) => round(x), (ct) => [ct]);
 */
export function customGradient(
  forward: (...inputs: Tensor[]) => Tensor,
  backward: GradientRule,
): (...inputs: Tensor[]) => Tensor {
  return (...inputs) => {
    const y = forward(...inputs);
    const { builder } = y;
    const checked: GradientRule = (ct, args, result) => {
      const cotangents = backward(ct, args, result);
      if (cotangents.length === args.length) return cotangents;
      throw new ConvkitError(
        "customGradient",
        `backward gave ${cotangents.length} cotangents for ${args.length} arguments — give null where there is none`,
      );
    };
    const rule = builder.rules.push(checked) - 1;
    return builder.apply("customGradient", [y, ...inputs], { rule });
  };
}
