/**
 * Two linear layers with an activation between them, token by token: y = W₂·φ(W₁·x + b₁) + b₂ (Vaswani et al. 2017,
 * arXiv:1706.03762, equation 2; GELU as in Devlin et al. 2018), under timm's names. torchvision's `MLP` is a plain
 * `sequential(linear(…), relu(), dropout(…), linear(…), dropout(…))`.
 */
import { ConvkitError } from "../../core/error.ts";
import { formatShape } from "../../core/shape.ts";
import type { Tensor } from "../../graph/tensor.ts";
import { gelu } from "../activation/gelu.ts";
import { tanh } from "../activation/tanh.ts";
import type { LayerSpec } from "../layer-spec.ts";
import { linear } from "../linear/linear.ts";
import { type Mode, Module } from "../module.ts";
import { layerNorm } from "../normalization/layer-norm.ts";
import { dropout } from "../regularization/dropout.ts";

export interface MlpOptions {
  /** `inFeatures` by default. */
  readonly hiddenFeatures?: number;
  /** `inFeatures` by default. */
  readonly outFeatures?: number;
  /** Makes φ; GELU by default. */
  readonly act?: () => Module;
  /** Makes a norm after φ; none by default. */
  readonly norm?: () => Module;
  /** True by default. */
  readonly bias?: boolean;
  /** Dropout after φ and of the result; 0 by default. */
  readonly drop?: number;
}

export class Mlp extends Module {
  readonly inFeatures: number;
  readonly fc1;
  readonly act;
  readonly drop1;
  readonly norm;
  readonly fc2;
  readonly drop2;

  constructor(inFeatures: number, options: MlpOptions) {
    super();
    const { hiddenFeatures = inFeatures, outFeatures = inFeatures } = options;
    const { act = gelu, norm, bias = true, drop = 0 } = options;
    this.inFeatures = inFeatures;
    this.fc1 = linear(hiddenFeatures, { bias });
    this.act = act();
    this.drop1 = dropout(drop);
    this.norm = norm?.();
    this.fc2 = linear(outFeatures, { bias });
    this.drop2 = dropout(drop);
  }

  override get kind(): string {
    return "mlp";
  }

  forward(x: Tensor, mode: Mode): Tensor {
    if (x.shape[x.rank - 1] !== this.inFeatures) {
      throw new ConvkitError("mlp", `takes N×…×${this.inFeatures}, got ${formatShape(x.shape)}`);
    }
    const h = this.drop1.call(this.act.call(this.fc1.call(x, mode), mode), mode);
    const normed = this.norm?.call(h, mode) ?? h;
    return this.drop2.call(this.fc2.call(normed, mode), mode);
  }
}

/** N×…×`inFeatures` → N×…×`outFeatures`. */
export const mlp = (inFeatures: number, options: MlpOptions = {}): Mlp =>
  new Mlp(inFeatures, options);

// biome-ignore format: one state a line
const states = { "fc1.weight": [6, 4], "fc1.bias": [6], "fc2.weight": [3, 6], "fc2.bias": [3] };

export const mlpSpec: LayerSpec = {
  name: "mlp",
  formula: "y = W₂·φ(W₁·x + b₁) + b₂",
  shapes: "N×…×I → N×…×O",
  source: "Vaswani et al. 2017, arXiv:1706.03762, equation 2",
  torch: "timm.layers.Mlp",
  // biome-ignore format: one case a line
  samples: [
    { name: "tokens", make: () => mlp(4, { hiddenFeatures: 6, outFeatures: 3 }), inputs: [{ shape: [5, 4] }], output: [5, 3], states, torch: "two_layers" },
    { name: "another activation, norm, no bias", make: () => mlp(4, { act: tanh, norm: layerNorm, bias: false }), inputs: [{ shape: [4] }], output: [4], states: { "fc1.weight": [4, 4], "norm.weight": [4], "norm.bias": [4], "fc2.weight": [4, 4] }, torch: "lambda x, p: two_layers(x, p, torch.tanh)" },
    { name: "dropout", make: () => mlp(4, { hiddenFeatures: 6, outFeatures: 3, drop: 0.2 }), inputs: [{ shape: [5, 4] }], output: [5, 3], states },
  ],
};
