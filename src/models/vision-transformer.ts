/**
 * Vision transformers (Dosovitskiy et al. 2020, arXiv:2010.11929) as torchvision has them, and the smaller ones that go by timm's
 * names, DeiT among them (Touvron et al. 2020, arXiv:2012.12877): an image is a sequence of patches, before it stands a token
 * of no place, and what that has become after the last layer is classified.
 *
 *     z₀ = [class, x₁·E, …, x_T·E] + P     z′ = z + MSA(LN(z))     z = z′ + MLP(LN(z′))     y = W·LN(z)₀ + b
 *
 * A distilled DeiT has a second token with a classifier of its own, which learns from a teacher; the scores are the mean of both.
 */
import type { StoredTensor, StoredTensors } from "../formats/stored-tensors.ts";
import type { Tensor } from "../graph/tensor.ts";
import { gelu } from "../nn/activation/gelu.ts";
import { prependTokens } from "../nn/attention/class-token.ts";
import { multiheadAttention } from "../nn/attention/multihead-attention.ts";
import { conv2d } from "../nn/convolution/conv2d.ts";
import { zeros } from "../nn/init/constant.ts";
import { lecunNormal } from "../nn/init/lecun.ts";
import { normal } from "../nn/init/normal.ts";
import { xavierUniform } from "../nn/init/xavier.ts";
import { linear } from "../nn/linear/linear.ts";
import { type Mode, Module } from "../nn/module.ts";
import { layerNorm } from "../nn/normalization/layer-norm.ts";
import { dropPath } from "../nn/regularization/drop-path.ts";
import { dropout } from "../nn/regularization/dropout.ts";
import { add } from "../nn/structure/add.ts";
import { sequential } from "../nn/structure/sequential.ts";
import { interpolatePositions } from "./interpolate-positions.ts";
import {
  checkRequest,
  infoOf,
  type MadeModel,
  type ModelInfo,
  type ModelRequest,
  type Pictures,
  requestNotes,
  toPlusMinusOne,
} from "./model.ts";

const vit = "Dosovitskiy et al. 2020, arXiv:2010.11929, table 1";
const augreg = "Steiner et al. 2021, arXiv:2106.10270, table 3";
const deit = "Touvron et al. 2020, arXiv:2012.12877, table 1";
const torchvision = "torchvision 0.14, IMAGENET1K_V1";
const paper = "Touvron et al. 2020, arXiv:2012.12877, table 5";

// Layers, channels and heads; every head has 64 channels, the MLP 4 times the channels. DeiT has the networks of ViT.
// biome-ignore format: a table
const variants = [
  // name                              patch layers dim  heads distilled parameters   macs            source  top1    its source
  ["vit_b_16",                         16, 12,  768, 12, false,  86_567_656, 17_563_828_224, vit,    81.072, torchvision],
  ["vit_b_32",                         32, 12,  768, 12, false,  88_224_232,  4_409_186_304, vit,    75.912, torchvision],
  ["vit_l_16",                         16, 24, 1024, 16, false, 304_326_632, 61_554_712_576, vit,    79.662, torchvision],
  ["vit_l_32",                         32, 24, 1024, 16, false, 306_535_400, 15_377_539_072, vit,    76.972, torchvision],
  ["vit_tiny_patch16_224",             16, 12,  192,  3, false,   5_717_416,  1_253_683_200, augreg, 75.454, "timm, augreg_in21k_ft_in1k"],
  ["vit_small_patch16_224",            16, 12,  384,  6, false,  22_050_664,  4_598_882_304, augreg, 78.846, "timm, augreg_in1k"],
  ["vit_small_patch32_224",            32, 12,  384,  6, false,  22_878_952,  1_142_909_952, augreg, 75.994, "timm, augreg_in21k_ft_in1k"],
  ["deit_tiny_patch16_224",            16, 12,  192,  3, false,   5_717_416,  1_253_683_200, deit,   72.2,   paper],
  ["deit_small_patch16_224",           16, 12,  384,  6, false,  22_050_664,  4_598_882_304, deit,   79.8,   paper],
  ["deit_base_patch16_224",            16, 12,  768, 12, false,  86_567_656, 17_563_828_224, deit,   81.8,   paper],
  ["deit_tiny_distilled_patch16_224",  16, 12,  192,  3, true,    5_910_800,  1_261_003_776, deit,   74.5,   paper],
  ["deit_small_distilled_patch16_224", 16, 12,  384,  6, true,   22_436_432,  4_624_140_288, deit,   81.2,   paper],
  ["deit_base_distilled_patch16_224",  16, 12,  768, 12, true,   87_338_192, 17_656_811_520, deit,   83.4,   paper],
] as const;

type Variant = (typeof variants)[number];

/** timm's ViT, not DeiT, has the pictures of its authors; torchvision's are resized bilinearly. */
function picturesFor(name: string): Pictures | undefined {
  if (name === "vit_l_16") return { cropPct: 224 / 242 };
  if (name.startsWith("deit")) return { interpolation: "bicubic" };
  return /^vit_(tiny|small)/.test(name)
    ? { ...toPlusMinusOne, cropPct: 0.9, interpolation: "bicubic" }
    : undefined;
}

function title([name, patch, layers, dim, heads, distilled]: Variant): string {
  const family = name.startsWith("deit") ? "DeiT" : "ViT";
  return (
    `${family}${distilled ? " with a distillation token" : ""}: ${layers} layers of ${dim} channels, ` +
    `${heads} heads, patches of ${patch}×${patch}`
  );
}

export const infos: readonly ModelInfo[] = /* @__PURE__ */ variants.map((variant) => {
  const [name, , , , , , parameters, macs, source, top1, measured] = variant;
  return {
    name,
    title: title(variant),
    inputShape: [3, 224, 224],
    classes: 1000,
    parameters,
    macs,
    source,
    loss: "crossEntropy",
    accuracy: { top1, source: measured },
    pictures: picturesFor(name),
  };
});

// torchvision's initial values; its layer norms have ε = 1e-6.
const norm = () => layerNorm({ eps: 1e-6 });
const tokenInit = /* @__PURE__ */ normal(0, 0.02);

const mlpLayer = (out: number) =>
  linear(out, { weightInit: xavierUniform(), biasInit: normal(0, 1e-6) });

/** The classifier starts as zeros. */
const classifier = (classes: number) => linear(classes, { weightInit: zeros(), biasInit: zeros() });

class EncoderBlock extends Module {
  ln_1 = norm();
  self_attention;
  drop_path_1;
  add_1 = add();
  ln_2 = norm();
  mlp;
  drop_path_2;
  add_2 = add();

  constructor(dim: number, heads: number, dropPathRate: number) {
    super();
    this.self_attention = multiheadAttention(dim, heads);
    this.drop_path_1 = dropPath(dropPathRate);
    // torchvision counts the dropouts of 0 between them.
    this.mlp = sequential({ 0: mlpLayer(4 * dim), 1: gelu(), 3: mlpLayer(dim) });
    this.drop_path_2 = dropPath(dropPathRate);
  }

  override get kind(): string {
    return "encoderBlock";
  }

  forward(x: Tensor, mode: Mode): Tensor {
    const a = this.self_attention.call(this.ln_1.call(x, mode), mode);
    const h = this.add_1.call(x, this.drop_path_1.call(a, mode), mode);
    const f = this.mlp.call(this.ln_2.call(h, mode), mode);
    return this.add_2.call(h, this.drop_path_2.call(f, mode), mode);
  }
}

/** Tokens with their places, through the layers. */
class Encoder extends Module {
  layers;
  ln = norm();

  constructor([, , layers, dim, heads]: Variant, dropPathRate: number) {
    super();
    const blocks = Array.from({ length: layers }, (_, i) => {
      const rate = (dropPathRate * i) / (layers - 1);
      return [`encoder_layer_${i}`, new EncoderBlock(dim, heads, rate)] as const;
    });
    this.layers = sequential(Object.fromEntries(blocks));
  }

  override get kind(): string {
    return "encoder";
  }

  forward(x: Tensor, mode: Mode): Tensor {
    const positions = this.param("pos_embedding", [1, ...x.shape.slice(1)], tokenInit);
    return this.ln.call(this.layers.call(x.add(positions), mode), mode);
  }
}

export class VisionTransformer extends Module {
  // 224×224×3 → 14×14×D → 197×D → … → D → classes
  readonly dim: number;
  conv_proj;
  encoder;
  drop;
  heads;
  head_dist;

  constructor(variant: Variant, { classes, dropRate = 0, dropPathRate }: ModelRequest) {
    super();
    const [name, patch, , dim, , distilled] = variant;
    this.dim = dim;
    const init = { weightInit: lecunNormal(), biasInit: zeros() };
    this.conv_proj = conv2d(dim, { kernel: patch, stride: patch, ...init });
    // Touvron et al., table 9.
    this.encoder = new Encoder(variant, dropPathRate ?? (name.startsWith("deit") ? 0.1 : 0));
    this.drop = dropout(dropRate);
    this.heads = sequential({ head: classifier(classes) });
    this.head_dist = distilled ? classifier(classes) : undefined;
  }

  override get kind(): string {
    return "visionTransformer";
  }

  forward(x: Tensor, mode: Mode): Tensor {
    const patches = this.conv_proj.call(x, mode).flatten(2).transpose(0, 2, 1);
    const shape = [1, 1, this.dim];
    const first = [this.param("class_token", shape, zeros())];
    if (this.head_dist) first.push(this.param("dist_token", shape, tokenInit));
    const tokens = first.reduceRight(prependTokens, patches);
    const z = this.encoder.call(tokens, mode);
    const read = (i: number) => {
      const row = z.slice(1, i, i + 1).reshape(z.shape[0], this.dim);
      return this.drop.call(row, mode);
    };
    const y = this.heads.call(read(0), mode);
    return this.head_dist ? y.add(this.head_dist.call(read(1), mode)).mul(0.5) : y;
  }
}

/** A file whose position embeddings are of a square of another size, with those of `rows`×`columns` patches in their place. */
function withPositions(
  weights: StoredTensors,
  [rows, columns]: readonly [rows: number, columns: number],
  tokens: number,
): StoredTensors {
  const { tensors, file, notes } = weights;
  const key = ["encoder.pos_embedding", "pos_embed"].find((name) => tensors.has(name)) ?? "";
  const stored = tensors.get(key);
  if (stored?.shape.length !== 3) return weights;
  const [, count, dim] = stored.shape;
  const side = Math.sqrt(count - tokens);
  if (!Number.isInteger(side) || count === tokens + rows * columns) return weights;
  const read = async () => {
    const embeddings = { shape: stored.shape, data: await stored.read() };
    return interpolatePositions(embeddings, [rows, columns], { tokens }).data;
  };
  const resized: StoredTensor = { type: "f32", shape: [1, tokens + rows * columns, dim], read };
  return {
    ...weights,
    tensors: new Map(tensors).set(key, resized),
    notes: [
      ...notes,
      `${file}: position embeddings of ${side}×${side} patches, read between their places for ${rows}×${columns}`,
    ],
  };
}

export function make(request: ModelRequest): MadeModel {
  const info = infoOf(infos, request.name);
  const variant = variants[infos.indexOf(info)];
  const patch = variant[1];
  checkRequest(request, patch, patch);
  const notes = requestNotes(request, info);
  const [rows, columns] = request.inputShape.slice(1).map((size) => size / patch);
  const published = info.inputShape[1] / patch;
  if (rows !== published || columns !== published) {
    notes.push(
      `${info.name}: ${rows}×${columns} patches have position embeddings of their own; ` +
        `weights for ${published}×${published} load, theirs read between their places`,
    );
  }
  const tokens = variant[5] ? 2 : 1;
  return {
    net: new VisionTransformer(variant, request),
    notes,
    adapt: (weights) => withPositions(weights, [rows, columns], tokens),
  };
}

const timmNames: readonly (readonly [ours: string, timms: string])[] = [
  ["class_token", "cls_token"],
  ["conv_proj.", "patch_embed.proj."],
  ["encoder.pos_embedding", "pos_embed"],
  ["encoder.layers.encoder_layer_", "blocks."],
  ["encoder.ln.", "norm."],
  [".ln_1.", ".norm1."],
  [".ln_2.", ".norm2."],
  [".self_attention.in_proj_", ".attn.qkv."],
  [".self_attention.out_proj.", ".attn.proj."],
  [".mlp.0.", ".mlp.fc1."],
  [".mlp.3.", ".mlp.fc2."],
  ["heads.head.", "head."],
];

export const timmKey = (_name: string, key: string): string =>
  timmNames.reduce((name, [ours, timms]) => name.replace(ours, timms), key);
