/**
 * A learned token before the tokens of the patches, the same for every image; what becomes of it is what is classified
 * (Devlin et al. 2018, arXiv:1810.04805; Dosovitskiy et al. 2020, arXiv:2010.11929, equation 1).
 */
import { ConvkitError } from "../../core/error.ts";
import { formatShape } from "../../core/shape.ts";
import type { Tensor } from "../../graph/tensor.ts";
import { zeros } from "../init/constant.ts";
import type { Init } from "../init/initializer.ts";
import type { LayerSpec } from "../layer-spec.ts";
import { Module } from "../module.ts";

/** `tokens` 1×K×D before `x` N×T×D: N×(K + T)×D. For networks that keep the token under a name of their own. */
export function prependTokens(x: Tensor, tokens: Tensor): Tensor {
  if (
    x.rank !== 3 ||
    tokens.rank !== 3 ||
    tokens.shape[0] !== 1 ||
    tokens.shape[2] !== x.shape[2]
  ) {
    throw new ConvkitError(
      "prependTokens",
      `tokens are ${formatShape(tokens.shape)}, x ${formatShape(x.shape)} — needs 1×K×D and N×T×D`,
    );
  }
  const { builder, batched } = x;
  const shape = [x.shape[0], tokens.shape[1], x.shape[2]];
  const repeated = builder.apply("broadcastTo", [tokens], { shape, batched });
  return builder.apply("concat", [repeated, x], { axis: 1 });
}

export class ClassToken extends Module {
  readonly init: Init;

  constructor(init: Init) {
    super();
    this.init = init;
  }

  override get kind(): string {
    return "classToken";
  }

  forward(x: Tensor): Tensor {
    return prependTokens(x, this.param("cls_token", [1, 1, x.shape[x.rank - 1]], this.init));
  }
}

/** N×T×D → N×(1 + T)×D; the token starts as zeros, as torchvision's does. */
export const classToken = (init: Init = zeros()): ClassToken => new ClassToken(init);

export const classTokenSpec: LayerSpec = {
  name: "classToken",
  formula: "y = [c, x₁, …, x_T]",
  shapes: "N×T×D → N×(1 + T)×D",
  source:
    "Devlin et al. 2018, arXiv:1810.04805; Dosovitskiy et al. 2020, arXiv:2010.11929, equation 1",
  torch: "cls_token of timm.models.VisionTransformer",
  samples: [
    {
      name: "tokens",
      make: () => classToken(),
      inputs: [{ shape: [3, 4] }],
      output: [4, 4],
      states: { cls_token: [1, 1, 4] },
      torch: "lambda x, p: torch.stack([torch.cat([p['cls_token'][0], tokens]) for tokens in x])",
    },
  ],
};
