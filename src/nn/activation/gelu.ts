/** y = x·Φ(x), Φ the distribution function of N(0, 1); or its approximation with tanh (Hendrycks and Gimpel 2016). */
import { ConvkitError } from "../../core/error.ts";
import { gelu as geluOp } from "../../ops/gelu.ts";
import type { LayerSpec } from "../layer-spec.ts";
import { Activation } from "./activation.ts";
import { elementSamples } from "./samples.ts";

export interface GeluOptions {
  /** "none" by default. */
  readonly approximate?: "none" | "tanh";
}

export function gelu(options: GeluOptions = {}): Activation {
  const { approximate = "none" } = options;
  if (typeof options !== "object" || (approximate !== "none" && approximate !== "tanh")) {
    throw new ConvkitError(
      "gelu",
      `got ${JSON.stringify(options)}, expected { approximate: "none" } or { approximate: "tanh" }`,
    );
  }
  return new Activation("gelu", (x) => x.builder.apply(geluOp, [x], { approximate }));
}

export const geluSpec: LayerSpec = {
  name: "gelu",
  formula: "y = x·Φ(x)",
  shapes: "any → the same",
  source: "Hendrycks and Gimpel 2016, arXiv:1606.08415, section 2",
  torch: "nn.GELU",
  samples: /* @__PURE__ */ elementSamples(
    [0],
    ["exact", () => gelu(), "nn.GELU()"],
    ["tanh", () => gelu({ approximate: "tanh" }), "nn.GELU('tanh')"],
  ),
};
