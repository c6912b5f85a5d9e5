/**
 * Swin transformers (Liu et al. 2021, arXiv:2103.14030), as torchvision has them: attention within windows of 7×7 patches, which
 * every other block shifts by half their size, in four stages; between them 2×2 patches become one of twice the channels.
 * Nothing depends on the size of the image: maps of no whole number of windows are padded.
 */
import type { Tensor } from "../graph/tensor.ts";
import { gelu } from "../nn/activation/gelu.ts";
import {
  type ShiftedWindowAttentionOptions,
  shiftedWindowAttention,
} from "../nn/attention/shifted-window-attention.ts";
import { conv2d } from "../nn/convolution/conv2d.ts";
import { zeros } from "../nn/init/constant.ts";
import { truncNormal } from "../nn/init/trunc-normal.ts";
import { linear } from "../nn/linear/linear.ts";
import { type Mode, Module } from "../nn/module.ts";
import { layerNorm } from "../nn/normalization/layer-norm.ts";
import { globalAvgPool2d } from "../nn/pooling/global-avg-pool2d.ts";
import { dropPath } from "../nn/regularization/drop-path.ts";
import { dropout } from "../nn/regularization/dropout.ts";
import { add } from "../nn/structure/add.ts";
import { permute } from "../nn/structure/permute.ts";
import { sequential } from "../nn/structure/sequential.ts";
import {
  checkRequest,
  infoOf,
  type MadeModel,
  type ModelInfo,
  type ModelRequest,
  requestNotes,
} from "./model.ts";

const WINDOW = 7;

// Section 3.3: channels of the first stage, blocks and heads of the four; every head has 32 channels. Pictures come to the last size before their
// middle is taken.
// biome-ignore format: a table
const variants = [
  // name     dim  depths          heads            dropPath parameters  macs            top1   resized
  ["swin_t",  96,  [2, 2,  6, 2], [3, 6, 12, 24],   0.2,     28_288_354,  4_490_566_656, 81.474, 232],
  ["swin_s",  96,  [2, 2, 18, 2], [3, 6, 12, 24],   0.3,     49_606_258,  8_740_875_264, 83.196, 246],
  ["swin_b",  128, [2, 2, 18, 2], [4, 8, 16, 32],   0.5,     87_768_224, 15_430_946_816, 83.582, 238],
] as const;

export type SwinVariant = readonly [
  name: string,
  dim: number,
  depths: readonly number[],
  heads: readonly number[],
  dropPathRate: number,
  parameters: number,
  macs: number,
  top1: number,
  resized: number,
];

/** What is known of the sizes of one version; `side` is that of its pictures. */
export const swinInfos = (
  variants: readonly SwinVariant[],
  version: string,
  side: number,
  source: string,
): readonly ModelInfo[] =>
  variants.map(([name, dim, depths, , , parameters, macs, top1, resized]) => ({
    name,
    title: `${version}-${name.at(-1)?.toUpperCase()}: stages of ${depths.join(", ")} blocks from ${dim} channels on`,
    inputShape: [3, side, side],
    classes: 1000,
    parameters,
    macs,
    source,
    loss: "crossEntropy",
    accuracy: { top1, source: "torchvision 0.14, IMAGENET1K_V1" },
    pictures: { cropPct: side / resized, interpolation: "bicubic" },
  }));

export const infos = /* @__PURE__ */ swinInfos(
  variants,
  "Swin",
  224,
  "Liu et al. 2021, arXiv:2103.14030, section 3.3",
);

const inits = { weightInit: /* @__PURE__ */ truncNormal({ std: 0.02 }), biasInit: zeros() };

/** Makes the attention of a block. */
type MakeAttention = (dim: number, options: ShiftedWindowAttentionOptions) => Module;

/** The norms of a block: before attention and MLP, as in the first paper, or after them, as in the second. */
export type NormPlace = "before" | "after";

class SwinBlock extends Module {
  readonly place: NormPlace;
  norm1 = layerNorm();
  attn;
  drop_path1;
  add1 = add();
  norm2 = layerNorm();
  mlp;
  drop_path2;
  add2 = add();

  constructor(dim: number, attention: Module, rate: number, place: NormPlace) {
    super();
    this.place = place;
    this.attn = attention;
    this.drop_path1 = dropPath(rate);
    // torchvision counts the dropouts of 0 between them.
    this.mlp = sequential({ 0: linear(4 * dim, inits), 1: gelu(), 3: linear(dim, inits) });
    this.drop_path2 = dropPath(rate);
  }

  override get kind(): string {
    return "swinBlock";
  }

  forward(x: Tensor, mode: Mode): Tensor {
    const branch = (h: Tensor, norm: Module, layer: Module) =>
      this.place === "before"
        ? layer.call(norm.call(h, mode), mode)
        : norm.call(layer.call(h, mode), mode);
    const a = this.drop_path1.call(branch(x, this.norm1, this.attn), mode);
    const h = this.add1.call(x, a, mode);
    const f = this.drop_path2.call(branch(h, this.norm2, this.mlp), mode);
    return this.add2.call(h, f, mode);
  }
}

/** 2×2 patches side by side, as many channels as two of them; N×H×W×D → N×⌈H/2⌉×⌈W/2⌉×2D. */
class PatchMerging extends Module {
  readonly place: NormPlace;
  reduction;
  norm = layerNorm();

  constructor(dim: number, place: NormPlace) {
    super();
    this.place = place;
    this.reduction = linear(2 * dim, { bias: false, weightInit: inits.weightInit });
  }

  override get kind(): string {
    return "patchMerging";
  }

  forward(x: Tensor, mode: Mode): Tensor {
    const [, h, w] = x.shape;
    const even = x.builder.apply("pad", [x], { after: [0, h % 2, w % 2, 0] });
    // Columns before rows: the order of the paper's code, which the weights know.
    const corners = [0, 1].flatMap((column) =>
      [0, 1].map((row) => even.slice(1, row, undefined, 2).slice(2, column, undefined, 2)),
    );
    const merged = x.builder.apply("concat", corners, { axis: 3 });
    return this.place === "before"
      ? this.reduction.call(this.norm.call(merged, mode), mode)
      : this.norm.call(this.reduction.call(merged, mode), mode);
  }
}

export interface SwinOptions {
  readonly dim: number;
  readonly depths: readonly number[];
  readonly heads: readonly number[];
  readonly window: number;
  readonly place: NormPlace;
  readonly attention: MakeAttention;
  readonly dropPathRate: number;
  readonly dropRate?: number;
  readonly classes: number;
}

export class SwinTransformer extends Module {
  // 224×224×3 → 56×56×D → 28×28×2D → 14×14×4D → 7×7×8D → classes
  features;
  norm = layerNorm();
  permute = permute(0, 3, 1, 2);
  avgpool = globalAvgPool2d();
  drop;
  head;

  constructor(options: SwinOptions) {
    super();
    const { dim, depths, place } = options;
    const stem = sequential(
      conv2d(dim, { kernel: 4, stride: 4 }),
      permute(0, 2, 3, 1),
      layerNorm(),
    );
    const stages = depths.flatMap((_, i) => {
      const merging = i > 0 ? [new PatchMerging(dim * 2 ** (i - 1), place)] : [];
      return [...merging, stage(options, i)];
    });
    this.features = sequential(stem, ...stages);
    this.drop = dropout(options.dropRate ?? 0);
    this.head = linear(options.classes, inits);
  }

  override get kind(): string {
    return "swinTransformer";
  }

  forward(x: Tensor, mode: Mode): Tensor {
    const h = this.permute.call(this.norm.call(this.features.call(x, mode), mode), mode);
    return this.head.call(this.drop.call(this.avgpool.call(h, mode), mode), mode);
  }
}

function stage(options: SwinOptions, i: number): Module {
  const { depths, heads, window, place, attention, dropPathRate } = options;
  const dim = options.dim * 2 ** i;
  const sum = (list: readonly number[]) => list.reduce((a, b) => a + b, 0);
  const [before, all] = [sum(depths.slice(0, i)), sum(depths)];
  const blocks = Array.from({ length: depths[i] }, (_, j) => {
    const shiftSize = j % 2 === 0 ? 0 : Math.floor(window / 2);
    const attn = attention(dim, { windowSize: window, shiftSize, numHeads: heads[i], ...inits });
    const rate = (dropPathRate * (before + j)) / (all - 1);
    return new SwinBlock(dim, attn, rate, place);
  });
  return sequential(...blocks);
}

export function make(request: ModelRequest): MadeModel {
  checkRequest(request, 4);
  const info = infoOf(infos, request.name);
  const [, dim, depths, heads, rate] = variants[infos.indexOf(info)];
  const { classes, dropRate, dropPathRate = rate } = request;
  const net = new SwinTransformer({
    dim,
    depths,
    heads,
    window: WINDOW,
    place: "before",
    attention: shiftedWindowAttention,
    dropPathRate,
    dropRate,
    classes,
  });
  return { net, notes: requestNotes(request, info) };
}

/** torchvision counts stages and mergings as one list; timm has merging i with stage i. */
export function timmKey(_name: string, key: string): string {
  return key
    .replace(/^features\.0\.0\./, "patch_embed.proj.")
    .replace(/^features\.0\.2\./, "patch_embed.norm.")
    .replace(/^features\.(\d+)\.(\d+)\./, (_, i, j) => `layers.${(i - 1) / 2}.blocks.${j}.`)
    .replace(/^features\.(\d+)\./, (_, i) => `layers.${i / 2}.downsample.`)
    .replace(".mlp.0.", ".mlp.fc1.")
    .replace(".mlp.3.", ".mlp.fc2.")
    .replace(/^head\./, "head.fc.");
}
