/** y = min(max(x, 0), 6): ReLU with a ceiling, kind to low precision (Krizhevsky 2010). The gradient at 0 and 6 is 0. */
import type { LayerSpec } from "../layer-spec.ts";
import { Activation } from "./activation.ts";
import { clip } from "./hard-tanh.ts";
import { elementSamples } from "./samples.ts";

export const relu6 = (): Activation => new Activation("relu6", (x) => clip(x, 0, 6));

export const relu6Spec: LayerSpec = {
  name: "relu6",
  formula: "y = min(max(x, 0), 6)",
  shapes: "any → the same",
  source: "Krizhevsky 2010, “Convolutional deep belief networks on CIFAR-10”",
  torch: "nn.ReLU6",
  samples: /* @__PURE__ */ elementSamples([0, 6, 6.5], ["default", () => relu6(), "nn.ReLU6()"]),
};
