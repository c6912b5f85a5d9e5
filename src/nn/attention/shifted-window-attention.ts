/**
 * Attention within the windows of a map, with a learned bias for every difference of positions; where windows are
 * shifted, they join what the layer before kept apart:
 *
 *     y = softmax(Q·Kᵀ/√E + B + M)·V for each window and head, B[i, j] = table[position of i − position of j]
 *
 * (Liu et al. 2021, arXiv:2103.14030, section 3.2, equation 4), under torchvision's names. M is −100 between positions
 * that are neighbours only because the map was rolled.
 */
import { ConvkitError } from "../../core/error.ts";
import { formatShape } from "../../core/shape.ts";
import type { Tensor } from "../../graph/tensor.ts";
import type { Init } from "../init/initializer.ts";
import { truncNormal } from "../init/trunc-normal.ts";
import type { LayerSpec } from "../layer-spec.ts";
import { linear } from "../linear/linear.ts";
import { type Mode, Module } from "../module.ts";
import { type Pair, pair } from "../pair.ts";
import { dropout } from "../regularization/dropout.ts";
import { checkHeads, joinHeads, splitQkv } from "./heads.ts";
import { relativePositionBias, relativePositionIndex } from "./relative-position.ts";
import { checkWindow, mapOf, shiftMask, windowGrid, windowsOf } from "./window-grid.ts";

export interface ShiftedWindowAttentionOptions {
  readonly windowSize: Pair;
  /** 0 by default; along an axis with a single window nothing is shifted. */
  readonly shiftSize?: Pair;
  readonly numHeads: number;
  /** True by default. */
  readonly qkvBias?: boolean;
  /** True by default. */
  readonly projBias?: boolean;
  /** Dropout of the weights; 0 by default. */
  readonly attentionDropout?: number;
  /** Dropout of the result; 0 by default. */
  readonly dropout?: number;
  /** Of the linear layers; PyTorch's by default. */
  readonly weightInit?: Init;
  readonly biasInit?: Init;
}

export class ShiftedWindowAttention extends Module {
  readonly dim: number;
  readonly numHeads: number;
  readonly windowSize: readonly [number, number];
  readonly shiftSize: readonly [number, number];
  readonly qkv;
  readonly proj;
  readonly attentionDropout;
  readonly dropout;

  constructor(dim: number, options: ShiftedWindowAttentionOptions) {
    super();
    const { windowSize, shiftSize = 0, numHeads, qkvBias = true, projBias = true } = options;
    checkHeads(this.kind, dim, numHeads);
    this.dim = dim;
    this.numHeads = numHeads;
    this.windowSize = pair(windowSize);
    this.shiftSize = pair(shiftSize);
    checkWindow(this.kind, this.windowSize, this.shiftSize);
    const { weightInit, biasInit } = options;
    this.qkv = linear(3 * dim, { bias: qkvBias, weightInit, biasInit });
    this.proj = linear(dim, { bias: projBias, weightInit, biasInit });
    this.attentionDropout = dropout(options.attentionDropout ?? 0);
    this.dropout = dropout(options.dropout ?? 0);
  }

  override get kind(): string {
    return "shiftedWindowAttention";
  }

  forward(x: Tensor, mode: Mode): Tensor {
    if (x.rank !== 4 || x.shape[3] !== this.dim) {
      throw new ConvkitError(
        this.kind,
        `takes maps N×H×W×${this.dim}, channels last, got ${formatShape(x.shape)}`,
      );
    }
    const { builder } = x;
    const grid = windowGrid([x.shape[1], x.shape[2]], this.windowSize, this.shiftSize);
    const after = grid.padded.map((size, axis) => size - grid.size[axis]);
    const padded = builder.apply("pad", [x], { after: [0, ...after, 0] });
    const [q, k, v] = splitQkv(windowsOf(this.qkv.call(padded, mode), grid), this.numHeads);
    let scores = this.scores(q, k).add(this.bias(mode));
    if (grid.shift.some((by) => by > 0)) {
      const [windows, positions] = [q.shape[1], q.shape[3]];
      const shape = [windows, 1, positions, positions];
      scores = scores.add(
        this.buffer(`mask of ${grid.size.join("×")}`, shape, () => shiftMask(grid), {
          persistent: false,
        }),
      );
    }
    const weights = builder.apply("softmax", [scores], { axis: -1 });
    const y = joinHeads(this.attentionDropout.call(weights, mode).matmul(v));
    return this.dropout.call(this.proj.call(mapOf(y, grid), mode), mode);
  }

  /** Q·Kᵀ/√E, N×windows×heads×P×P. */
  protected scores(q: Tensor, k: Tensor): Tensor {
    return q.mul(1 / Math.sqrt(q.shape[q.rank - 1])).matmul(k, { transposeB: true });
  }

  /** B, heads×P×P. */
  protected bias(_mode: Mode): Tensor {
    const [h, w] = this.windowSize;
    const shape = [(2 * h - 1) * (2 * w - 1), this.numHeads];
    const table = this.param("relative_position_bias_table", shape, truncNormal({ std: 0.02 }));
    return relativePositionBias(table, this.index());
  }

  /** The row of the table for each query and key: torchvision saves it, so it is part of the network. */
  protected index(): Tensor {
    const [h, w] = this.windowSize;
    const rows = () => relativePositionIndex(h, w);
    return this.buffer("relative_position_index", [(h * w) ** 2], rows, { dtype: "i32" });
  }
}

/** N×H×W×`dim` → the same. Maps of no whole number of windows are padded with zeros, and cut again. */
export const shiftedWindowAttention = (
  dim: number,
  options: ShiftedWindowAttentionOptions,
): ShiftedWindowAttention => new ShiftedWindowAttention(dim, options);

// biome-ignore format: one state a line
const states = { "qkv.weight": [12, 4], "qkv.bias": [12], "proj.weight": [4, 4], "proj.bias": [4], relative_position_bias_table: [15, 2], relative_position_index: [36] };
const windowed = "torchvision.models.swin_transformer.ShiftedWindowAttention";

export const shiftedWindowAttentionSpec: LayerSpec = {
  name: "shiftedWindowAttention",
  formula: "y = softmax(Q·Kᵀ/√E + B + M)·V for each window and head",
  shapes: "N×H×W×D → N×H×W×D",
  source: "Liu et al. 2021, arXiv:2103.14030, equation 4",
  torch: windowed,
  // biome-ignore format: one case a line
  samples: [
    { name: "no shift", make: () => shiftedWindowAttention(4, { windowSize: [3, 2], numHeads: 2 }), inputs: [{ shape: [6, 4, 4] }], output: [6, 4, 4], states, torch: `${windowed}(4, [3, 2], [0, 0], 2)` },
    { name: "shift", make: () => shiftedWindowAttention(4, { windowSize: [3, 2], shiftSize: [2, 1], numHeads: 2 }), inputs: [{ shape: [6, 4, 4] }], output: [6, 4, 4], states, torch: `${windowed}(4, [3, 2], [2, 1], 2)` },
    { name: "shift along one axis, padding", make: () => shiftedWindowAttention(4, { windowSize: [3, 2], shiftSize: 1, numHeads: 2 }), inputs: [{ shape: [2, 5, 4] }], output: [2, 5, 4], states, torch: `${windowed}(4, [3, 2], [1, 1], 2)` },
    { name: "no bias", make: () => shiftedWindowAttention(3, { windowSize: 2, shiftSize: [0, 1], numHeads: 3, qkvBias: false, projBias: false }), inputs: [{ shape: [3, 4, 3] }], output: [3, 4, 3], states: { "qkv.weight": [9, 3], "proj.weight": [3, 3], relative_position_bias_table: [9, 3], relative_position_index: [16] }, torch: "lambda x, p: torchvision.models.swin_transformer.shifted_window_attention(x, p['qkv.weight'], p['proj.weight'], p['relative_position_bias_table'][p['relative_position_index']].view(4, 4, 3).permute(2, 0, 1)[None], [2, 2], 3, [0, 1])" },
    { name: "dropout", make: () => shiftedWindowAttention(4, { windowSize: [3, 2], numHeads: 2, attentionDropout: 0.2, dropout: 0.1 }), inputs: [{ shape: [3, 2, 4] }], output: [3, 2, 4], states },
  ],
};
