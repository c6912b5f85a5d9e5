/**
 * y = row x of a table of vectors, learned (Bengio et al. 2003, JMLR 3, section 2): how words, classes and other
 * numbers without an order enter a network. An index outside the table reads its nearest row and trains nothing
 * (PyTorch stops there).
 */

import { ConvkitError } from "../../core/error.ts";
import { formatShape } from "../../core/shape.ts";
import type { Tensor } from "../../graph/tensor.ts";
import { gather } from "../../ops/gather.ts";
import type { Init } from "../init/initializer.ts";
import { normal } from "../init/normal.ts";
import type { LayerSpec } from "../layer-spec.ts";
import { Module } from "../module.ts";

export interface EmbeddingOptions {
  /** This row starts as zeros and is not trained; from the end when negative; none by default. */
  readonly paddingIdx?: number;
  /** N(0, 1) by default. */
  readonly weightInit?: Init;
}

export class Embedding extends Module {
  readonly numEmbeddings: number;
  readonly embeddingDim: number;
  readonly paddingIdx: number | undefined;
  readonly weightInit: Init;

  constructor(numEmbeddings: number, embeddingDim: number, options: EmbeddingOptions) {
    super();
    const { paddingIdx, weightInit = normal() } = options;
    const isCount = (n: number) => Number.isInteger(n) && n > 0;
    if (!isCount(numEmbeddings) || !isCount(embeddingDim)) {
      throw new ConvkitError(
        "embedding",
        `a table of ${numEmbeddings}×${embeddingDim} — positive whole numbers are needed`,
      );
    }
    const fits =
      paddingIdx === undefined ||
      (Number.isInteger(paddingIdx) && paddingIdx >= -numEmbeddings && paddingIdx < numEmbeddings);
    if (!fits) {
      throw new ConvkitError(
        "embedding",
        `paddingIdx ${paddingIdx} is no row of ${numEmbeddings}×${embeddingDim}`,
      );
    }
    this.numEmbeddings = numEmbeddings;
    this.embeddingDim = embeddingDim;
    this.paddingIdx =
      paddingIdx !== undefined && paddingIdx < 0 ? paddingIdx + numEmbeddings : paddingIdx;
    this.weightInit = weightInit;
  }

  override get kind(): string {
    return "embedding";
  }

  forward(x: Tensor): Tensor {
    const { numEmbeddings: rows, embeddingDim: dim, paddingIdx, weightInit } = this;
    if (x.dtype !== "i32" || x.rank === 0) {
      throw new ConvkitError(
        "embedding",
        `takes i32 indices N×…, got ${x.dtype} ${formatShape(x.shape)} — convert with .to("i32")`,
      );
    }
    const initial: Init = (shape, random) => {
      const values = Float64Array.from(weightInit(shape, random));
      if (paddingIdx !== undefined) values.fill(0, paddingIdx * dim, (paddingIdx + 1) * dim);
      return values;
    };
    const table = this.param("weight", [rows, dim], initial);
    const index = x.reshape(...x.shape, 1);
    const y = takeRows(table, index);
    if (paddingIdx === undefined) return y;
    return index.eq(paddingIdx).where(x.builder.apply("stopGradient", [y]), y);
  }
}

/** Rows of V×D by an index N×…×1 as N×…×D. Repeating either costs nothing: the loads are from where they lie. */
function takeRows(table: Tensor, index: Tensor): Tensor {
  const { builder, batched } = index;
  const [rows, dim] = table.shape;
  const inner = index.shape.slice(1, -1);
  const repeat = (t: Tensor, shape: number[], isBatch: boolean) =>
    builder.apply("broadcastTo", [t], { shape, batched: isBatch });
  const spread = repeat(
    table.reshape(rows, ...inner.map(() => 1), dim),
    [rows, ...inner, dim],
    false,
  );
  const places = repeat(index, [...index.shape.slice(0, -1), dim], batched);
  return builder.apply(gather, [spread, places], { axis: 0 });
}

/** Indices N×… → N×…×`embeddingDim`. */
export const embedding = (
  numEmbeddings: number,
  embeddingDim: number,
  options: EmbeddingOptions = {},
): Embedding => new Embedding(numEmbeddings, embeddingDim, options);

export const embeddingSpec: LayerSpec = {
  name: "embedding",
  formula: "y = row x of W",
  shapes: "indices N×… → N×…×D",
  source: "Bengio et al. 2003, JMLR 3, section 2",
  torch: "nn.Embedding",
  // biome-ignore format: one case a line
  samples: [
    { name: "one index an image", make: () => embedding(5, 3), inputs: [{ shape: [], dtype: "i32", low: 0, high: 4 }], output: [3], states: { weight: [5, 3] }, torch: "nn.Embedding(5, 3)" },
    { name: "a grid, padding", make: () => embedding(4, 3, { paddingIdx: 1 }), inputs: [{ shape: [3, 2], dtype: "i32", low: 0, high: 3 }], output: [3, 2, 3], states: { weight: [4, 3] }, torch: "nn.Embedding(4, 3, padding_idx=1)" },
    { name: "padding from the end", make: () => embedding(4, 3, { paddingIdx: -1 }), inputs: [{ shape: [5], dtype: "i32", low: 0, high: 3 }], output: [5, 3], states: { weight: [4, 3] }, torch: "nn.Embedding(4, 3, padding_idx=-1)" },
  ],
};
