/**
 * One storey of a vision transformer: attention among the tokens, then a network for each of them, each behind a norm
 * and beside a shortcut,
 *
 *     x′ = x + Attention(LN(x))     y = x′ + MLP(LN(x′))
 *
 * (Dosovitskiy et al. 2020, arXiv:2010.11929, equations 2 and 3), under timm's names.
 */
import type { Tensor } from "../../graph/tensor.ts";
import { gelu } from "../activation/gelu.ts";
import type { LayerSpec } from "../layer-spec.ts";
import { type Mode, Module } from "../module.ts";
import { layerNorm } from "../normalization/layer-norm.ts";
import { dropPath } from "../regularization/drop-path.ts";
import { identity } from "../structure/identity.ts";
import { layerScale } from "../structure/layer-scale.ts";
import { attention } from "./attention.ts";
import { mlp } from "./mlp.ts";

export interface TransformerBlockOptions {
  readonly numHeads: number;
  /** Hidden features of the MLP over those of the tokens; 4 by default. */
  readonly mlpRatio?: number;
  /** As `attention` has them: false by default. */
  readonly qkvBias?: boolean;
  readonly qkNorm?: boolean;
  /** Dropout of the results of attention and MLP; 0 by default. */
  readonly projDrop?: number;
  /** Dropout of the weights of attention; 0 by default. */
  readonly attnDrop?: number;
  /** LayerScale: a factor for each channel of a branch, learned from this value on; none by default. */
  readonly initValue?: number;
  /** Stochastic depth: how often a branch is left out in training. */
  readonly dropPath?: number;
  /** Makes the activation of the MLP; GELU by default. */
  readonly act?: () => Module;
  /** Layer norm with ε = 1e-5 by default; ViT's own has 1e-6. */
  readonly norm?: () => Module;
}

export class TransformerBlock extends Module {
  readonly norm1;
  readonly attn;
  readonly ls1;
  readonly drop_path1;
  readonly norm2;
  readonly mlp;
  readonly ls2;
  readonly drop_path2;

  constructor(dim: number, options: TransformerBlockOptions) {
    super();
    const { mlpRatio = 4, projDrop = 0, initValue, dropPath: rate = 0 } = options;
    const { act = gelu, norm = () => layerNorm() } = options;
    const scale = () =>
      initValue === undefined ? identity() : layerScale({ initValue, axis: -1 });
    this.norm1 = norm();
    this.attn = attention(dim, options);
    this.ls1 = scale();
    this.drop_path1 = dropPath(rate);
    this.norm2 = norm();
    const hiddenFeatures = Math.floor(dim * mlpRatio);
    this.mlp = mlp(dim, { hiddenFeatures, act, drop: projDrop });
    this.ls2 = scale();
    this.drop_path2 = dropPath(rate);
  }

  override get kind(): string {
    return "transformerBlock";
  }

  forward(x: Tensor, mode: Mode): Tensor {
    const branch = (h: Tensor, ...layers: Module[]) =>
      layers.reduce((y, layer) => layer.call(y, mode), h);
    const h = x.add(branch(x, this.norm1, this.attn, this.ls1, this.drop_path1));
    return h.add(branch(h, this.norm2, this.mlp, this.ls2, this.drop_path2));
  }
}

/** N×T×`dim` → the same. */
export const transformerBlock = (dim: number, options: TransformerBlockOptions): TransformerBlock =>
  new TransformerBlock(dim, options);

// biome-ignore format: one state a line
const states = { "norm1.weight": [4], "norm1.bias": [4], "attn.qkv.weight": [12, 4], "attn.qkv.bias": [12], "attn.proj.weight": [4, 4], "attn.proj.bias": [4], "norm2.weight": [4], "norm2.bias": [4], "mlp.fc1.weight": [8, 4], "mlp.fc1.bias": [8], "mlp.fc2.weight": [4, 8], "mlp.fc2.bias": [4] };

// biome-ignore format: one state a line
const scaled = { "norm1.weight": [4], "norm1.bias": [4], "attn.qkv.weight": [12, 4], "attn.proj.weight": [4, 4], "attn.proj.bias": [4], "ls1.gamma": [4], "norm2.weight": [4], "norm2.bias": [4], "mlp.fc1.weight": [6, 4], "mlp.fc1.bias": [6], "mlp.fc2.weight": [4, 6], "mlp.fc2.bias": [4], "ls2.gamma": [4] };

export const transformerBlockSpec: LayerSpec = {
  name: "transformerBlock",
  formula: "x′ = x + Attention(LN(x)), y = x′ + MLP(LN(x′))",
  shapes: "N×T×D → the same",
  source: "Dosovitskiy et al. 2020, arXiv:2010.11929, equations 2 and 3",
  torch: "timm.models.vision_transformer.Block",
  // biome-ignore format: one case a line
  samples: [
    { name: "two heads", make: () => transformerBlock(4, { numHeads: 2, mlpRatio: 2, qkvBias: true }), inputs: [{ shape: [5, 4] }], output: [5, 4], states, torch: "lambda x, p: block(x, p, heads=2)" },
    { name: "scaled branches", make: () => transformerBlock(4, { numHeads: 1, mlpRatio: 1.5, initValue: 0.1 }), inputs: [{ shape: [3, 4] }], output: [3, 4], states: scaled, torch: "lambda x, p: block(x, p, heads=1)" },
    { name: "every dropout", make: () => transformerBlock(4, { numHeads: 2, mlpRatio: 2, qkvBias: true, projDrop: 0.1, attnDrop: 0.1, dropPath: 0.2 }), inputs: [{ shape: [5, 4] }], output: [5, 4], states },
  ],
};
