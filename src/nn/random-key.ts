/** What a layer draws its random numbers with: the step's key, and a salt that no other call shares. */
import { ConvkitError } from "../core/error.ts";
import type { Builder } from "../graph/builder.ts";
import type { Tensor } from "../graph/tensor.ts";
import type { Mode } from "./module.ts";

/** `where` names the layer in the error that tells a missing key. Only within `forward`. */
export function randomKey(
  where: string,
  builder: Builder,
  { key }: Mode,
): { readonly key: Tensor; readonly salt: string } {
  if (!key) {
    throw new ConvkitError(
      where,
      "needs a random key in training — call with { training: true, key }, key an i32[2] input",
    );
  }
  // A second call within one trace, on other inputs or by another network, draws other numbers.
  const path = builder.scope;
  const earlier = builder.calls.filter((call) => call.path === path).length - 1;
  return { key, salt: earlier > 0 ? `${path}#${earlier}` : path };
}
