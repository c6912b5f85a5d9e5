/** y = x·σ(x), also called swish (Elfwing, Uchibe and Doya 2017; Ramachandran, Zoph and Le 2017). */
import { silu as siluOp } from "../../ops/silu.ts";
import type { LayerSpec } from "../layer-spec.ts";
import { Activation } from "./activation.ts";
import { elementSamples } from "./samples.ts";

export const silu = (): Activation => new Activation("silu", (x) => x.builder.apply(siluOp, [x]));

export const siluSpec: LayerSpec = {
  name: "silu",
  formula: "y = x·σ(x)",
  shapes: "any → the same",
  source: "Elfwing, Uchibe and Doya 2017, arXiv:1702.03118",
  torch: "nn.SiLU",
  samples: /* @__PURE__ */ elementSamples([0], ["default", () => silu(), "nn.SiLU()"]),
};
