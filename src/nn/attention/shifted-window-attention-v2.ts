/**
 * Window attention of Swin v2: scores are cosines, with a learned factor for each head, and the bias of a difference of
 * positions comes from a small network over its logarithm, so that it carries over to larger windows:
 *
 *     y = softmax(cos(Q, K)·e^min(s, ln 100) + B + M)·V,  B = 16·σ(MLP(sign(Δ)·log₂(1 + |Δ|)/log₂ 8))
 *
 * with Δ scaled to [−8, 8] (Liu et al. 2021, arXiv:2111.09883, equations 2–4). Keys have no bias.
 */
import type { Tensor } from "../../graph/tensor.ts";
import { relu } from "../activation/relu.ts";
import { constant } from "../init/constant.ts";
import type { LayerSpec } from "../layer-spec.ts";
import { linear } from "../linear/linear.ts";
import type { Mode } from "../module.ts";
import { parametrize } from "../parametrize.ts";
import { sequential } from "../structure/sequential.ts";
import { relativePositionBias } from "./relative-position.ts";
import {
  ShiftedWindowAttention,
  type ShiftedWindowAttentionOptions,
} from "./shifted-window-attention.ts";

const HIDDEN = 512; // of the network for the bias, as in the authors' and torchvision's code

export class ShiftedWindowAttentionV2 extends ShiftedWindowAttention {
  readonly cpb_mlp;

  constructor(dim: number, options: ShiftedWindowAttentionOptions) {
    super(dim, options);
    const { weightInit, biasInit } = options;
    this.cpb_mlp = sequential(
      linear(HIDDEN, { weightInit, biasInit }),
      relu(),
      linear(this.numHeads, { bias: false, weightInit }),
    );
    parametrize(this.qkv, "bias", (states, shape, init) =>
      withoutKeys(states.param("bias", shape, init)),
    );
  }

  override get kind(): string {
    return "shiftedWindowAttentionV2";
  }

  protected override scores(q: Tensor, k: Tensor): Tensor {
    const scale = this.param("logit_scale", [this.numHeads, 1, 1], constant(Math.log(10)));
    const factor = scale.minimum(Math.log(100)).exp();
    return unit(q).matmul(unit(k), { transposeB: true }).mul(factor);
  }

  protected override bias(mode: Mode): Tensor {
    const [h, w] = this.windowSize;
    const shape = [1, 2 * h - 1, 2 * w - 1, 2];
    const coordinates = this.buffer("relative_coords_table", shape, () => logDifferences(h, w));
    const rows = coordinates.reshape((2 * h - 1) * (2 * w - 1), 2);
    const bias = relativePositionBias(this.cpb_mlp.call(rows, mode), this.index());
    return bias.builder.apply("sigmoid", [bias]).mul(16);
  }
}

/** Each vector over its length. */
function unit(x: Tensor): Tensor {
  const square = x.square().sum(-1, true);
  return x.div(square.maximum(1e-24).sqrt());
}

/** The bias of Q, K and V with zeros for K. */
function withoutKeys(bias: Tensor): Tensor {
  const { builder } = bias;
  const d = bias.size / 3;
  const zero = builder.apply("broadcastTo", [builder.constant(0)], { shape: [d] });
  return builder.apply("concat", [bias.slice(0, 0, d), zero, bias.slice(0, 2 * d)], { axis: 0 });
}

/** sign(Δ)·log₂(1 + |Δ|)/log₂ 8 for all differences of rows and columns, which 8·(difference)/(size − 1) makes Δ. */
function logDifferences(h: number, w: number): number[] {
  const log = (at: number, size: number) => {
    const delta = (8 * (at - size + 1)) / Math.max(size - 1, 1);
    return (Math.sign(delta) * Math.log2(1 + Math.abs(delta))) / 3;
  };
  return Array.from({ length: (2 * h - 1) * (2 * w - 1) }, (_, i) => [
    log(Math.floor(i / (2 * w - 1)), h),
    log(i % (2 * w - 1), w),
  ]).flat();
}

/** N×H×W×`dim` → the same. */
export const shiftedWindowAttentionV2 = (
  dim: number,
  options: ShiftedWindowAttentionOptions,
): ShiftedWindowAttentionV2 => new ShiftedWindowAttentionV2(dim, options);

// biome-ignore format: one state a line
const states = { "qkv.weight": [12, 4], "qkv.bias": [12], "proj.weight": [4, 4], "proj.bias": [4], logit_scale: [2, 1, 1], "cpb_mlp.0.weight": [512, 2], "cpb_mlp.0.bias": [512], "cpb_mlp.2.weight": [2, 512], relative_coords_table: [1, 3, 5, 2], relative_position_index: [36] };
const windowed = "torchvision.models.swin_transformer.ShiftedWindowAttentionV2";
/** As far as the network starts; larger weights of 512 inputs would leave the sigmoid nothing but its flat ends. */
const draw = { "cpb_mlp.2.weight": { low: -0.05, high: 0.05 } };

export const shiftedWindowAttentionV2Spec: LayerSpec = {
  name: "shiftedWindowAttentionV2",
  formula:
    "y = softmax(cos(Q, K)·e^min(s, ln 100) + 16·σ(MLP(log Δ)) + M)·V for each window and head",
  shapes: "N×H×W×D → N×H×W×D",
  source: "Liu et al. 2021, arXiv:2111.09883, equations 2–4",
  torch: windowed,
  // biome-ignore format: one case a line
  samples: [
    { name: "shift", make: () => shiftedWindowAttentionV2(4, { windowSize: [2, 3], shiftSize: [1, 2], numHeads: 2 }), inputs: [{ shape: [4, 6, 4] }], output: [4, 6, 4], states, draw, torch: `${windowed}(4, [2, 3], [1, 2], 2)` },
    { name: "padding, the factor at its bound", tolerance: { error: 5e-5, because: "scores up to 100 lose 1e-5 to rounding, and their exponentials as much relative to themselves" }, make: () => shiftedWindowAttentionV2(4, { windowSize: [2, 3], numHeads: 2 }), inputs: [{ shape: [3, 5, 4], low: -3, high: 3 }], output: [3, 5, 4], states, draw: { ...draw, logit_scale: { low: 4, high: 5 } }, torch: `${windowed}(4, [2, 3], [0, 0], 2)` },
  ],
};
