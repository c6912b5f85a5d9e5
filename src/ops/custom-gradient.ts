/**
 * y = y, with the gradient that the user gave: inputs are the result of the user's function and its arguments,
 * `rule` a place in `Builder.rules`. `autodiff/custom-gradient.ts` makes it; nothing of it is left in a program.
 */
import { ConvkitError } from "../core/error.ts";
import type { Op, Oracle } from "./op.ts";

export type CustomGradientAttrs = { readonly rule: number };

export const customGradient: Op<CustomGradientAttrs, number> = {
  name: "customGradient",
  normalize: ({ rule = -1 }) => ({ rule }),
  infer: ([{ shape, dtype, batched }]) => ({ shape, dtype, batched }),
  vjp: (_g, ct, [y, ...inputs], { rule }) => {
    const backward = y.builder.rules[rule];
    if (backward) return [null, ...backward(ct, inputs, y)];
    throw new ConvkitError(
      "customGradient",
      "the rule was lost when the graph was stored — differentiate while tracing",
    );
  },
  compose: (_g, [y]) => y,
  flops: () => 0,
};

export const customGradientOracle: Oracle<CustomGradientAttrs> = {
  reference: ([y]) => y.data.slice(),
  samples: [],
};
