/**
 * ConvNeXt (Liu, Mao, Wu, Feichtenhofer, Darrell and Xie 2022, arXiv:2201.03545): a ResNet brought up to what Swin transformers
 * have: patches as the stem, a 7×7 depthwise convolution, layer normalisation, one GELU, and a learned scale at the end of each
 * block. Names and states are torchvision's; `convnext_xlarge`, which it does not have, is timm's.
 */
import type { Shape } from "../core/shape.ts";
import type { Tensor } from "../graph/tensor.ts";
import { gelu } from "../nn/activation/gelu.ts";
import { addBias, conv2d, convolve } from "../nn/convolution/conv2d.ts";
import { constant, zeros } from "../nn/init/constant.ts";
import { truncNormal } from "../nn/init/trunc-normal.ts";
import { linear } from "../nn/linear/linear.ts";
import { type Mode, Module } from "../nn/module.ts";
import { layerNorm } from "../nn/normalization/layer-norm.ts";
import { layerNorm2d } from "../nn/normalization/layer-norm2d.ts";
import { globalAvgPool2d } from "../nn/pooling/global-avg-pool2d.ts";
import { dropPath } from "../nn/regularization/drop-path.ts";
import { dropout } from "../nn/regularization/dropout.ts";
import { add } from "../nn/structure/add.ts";
import { sequential } from "../nn/structure/sequential.ts";
import {
  checkRequest,
  infoOf,
  type MadeModel,
  type ModelInfo,
  type ModelRequest,
  requestNotes,
} from "./model.ts";

// Section 3 of the paper: blocks and channels of the stages, whose maps are 56, 28, 14 and 7 pixels wide. Stochastic depth,
// top-1 and the size that pictures come to before their middle is taken are those of torchvision's first weights; XL was trained
// on ImageNet-22K first (tables 1 and 5).
// biome-ignore format: a table
const variants = [
  // name              blocks          channels                 depth  parameters     macs            top1   resized
  ["convnext_tiny",    [3, 3,  9, 3],  [ 96, 192,  384,  768],  0.1,    28_589_128,  4_455_531_264, 82.520, 236],
  ["convnext_small",   [3, 3, 27, 3],  [ 96, 192,  384,  768],  0.4,    50_223_688,  8_683_712_256, 83.616, 230],
  ["convnext_base",    [3, 3, 27, 3],  [128, 256,  512, 1024],  0.5,    88_591_464, 15_354_729_472, 84.062, 232],
  ["convnext_large",   [3, 3, 27, 3],  [192, 384,  768, 1536],  0.5,   197_767_336, 34_361_433_600, 84.414, 232],
  ["convnext_xlarge",  [3, 3, 27, 3],  [256, 512, 1024, 2048],  0.2,   350_196_968, 60_921_030_656, 87.0,   256],
] as const;

type Variant = (typeof variants)[number];

export const infos: readonly ModelInfo[] = /* @__PURE__ */ variants.map((variant) => {
  const [name, blocks, widths, , parameters, macs, top1, resized] = variant;
  const source =
    name === "convnext_xlarge"
      ? "Liu et al. 2022, table 1, after training on ImageNet-22K"
      : "torchvision 0.14, IMAGENET1K_V1";
  const size = name === "convnext_xlarge" ? "XL" : name["convnext_".length].toUpperCase();
  return {
    name,
    title: `ConvNeXt-${size}: ${blocks.join(", ")} blocks of ${widths.join(", ")} channels`,
    inputShape: [3, 224, 224],
    classes: 1000,
    parameters,
    macs,
    source: "Liu et al. 2022, arXiv:2201.03545, section 3",
    loss: "crossEntropy",
    accuracy: { top1, source },
    // Bicubic is what the authors tested with.
    pictures: {
      cropPct: 224 / resized,
      ...(name === "convnext_xlarge" && { interpolation: "bicubic" }),
    },
  };
});

const init = {
  weightInit: /* @__PURE__ */ truncNormal({ std: 0.02 }),
  biasInit: /* @__PURE__ */ zeros(),
};
const eps = 1e-6;

/** A linear layer at each position of N×C×H×W: a 1×1 convolution whose weight is O×C, as files have it. */
class PositionLinear extends Module {
  readonly out: number;

  constructor(out: number) {
    super();
    this.out = out;
  }

  override get kind(): string {
    return "positionLinear";
  }

  forward(x: Tensor): Tensor {
    const [out, channels] = [this.out, x.shape[1]];
    const w = this.param("weight", [out, channels], init.weightInit);
    const y = convolve(this.kind, x, w.reshape(out, channels, 1, 1), 1, {});
    return addBias(y, this.param("bias", [out], init.biasInit));
  }
}

/**
 * x + γ·F(x), F a 7×7 convolution of each channel, and two linear layers at each position (figure 4). At 1 and 6 torchvision
 * moves the channels last and back; here they stay where they are.
 */
class CNBlock extends Module {
  block;
  dropPath;
  add = add();

  constructor(width: number, dropPathRate: number) {
    super();
    this.block = sequential({
      0: conv2d(width, { kernel: 7, padding: 3, groups: width, ...init }),
      2: layerNorm2d({ eps }),
      3: new PositionLinear(4 * width),
      4: gelu(),
      5: new PositionLinear(width),
    });
    this.dropPath = dropPath(dropPathRate);
  }

  override get kind(): string {
    return "cnBlock";
  }

  forward(x: Tensor, mode: Mode): Tensor {
    const scale = this.param("layer_scale", [x.shape[1], 1, 1], constant(1e-6));
    const change = this.block.call(x, mode).mul(scale);
    return this.add.call(this.dropPath.call(change, mode), x, mode);
  }
}

/** Normalised patches of 2×2. */
const downsample = (width: number) =>
  sequential(layerNorm2d({ eps }), conv2d(width, { kernel: 2, stride: 2, ...init }));

export class ConvNeXt extends Module {
  // 224×224×3 → patches of 4×4 → stages at 56, 28, 14, 7 → classes
  features;
  avgpool = globalAvgPool2d();
  classifier;

  constructor([, depths, widths, published]: Variant, request: ModelRequest) {
    super();
    const { classes, dropRate = 0, dropPathRate = published } = request;
    const last = depths.reduce((sum: number, depth) => sum + depth, 0) - 1;
    const stem = sequential(
      conv2d(widths[0], { kernel: 4, stride: 4, ...init }),
      layerNorm2d({ eps }),
    );
    let place = 0;
    const stages = widths.map((width, i) =>
      sequential(
        ...Array.from({ length: depths[i] }, () => {
          return new CNBlock(width, (dropPathRate * place++) / last);
        }),
      ),
    );
    this.features = sequential(
      stem,
      ...stages.flatMap((stage, i) => (i === 0 ? [stage] : [downsample(widths[i]), stage])),
    );
    this.classifier = sequential(layerNorm({ eps }), dropout(dropRate), linear(classes, init));
  }

  override get kind(): string {
    return "convNeXt";
  }

  forward(x: Tensor, mode: Mode): Tensor {
    const features = this.features.call(x, mode);
    return this.classifier.call(this.avgpool.call(features, mode), mode);
  }
}

export function make(request: ModelRequest): MadeModel {
  checkRequest(request, 32);
  const info = infoOf(infos, request.name);
  const net = new ConvNeXt(variants[infos.indexOf(info)], request);
  return { net, notes: requestNotes(request, info) };
}

/** timm's name for a state: `stages.0.blocks.1.mlp.fc1.weight` is `features.1.1.block.3.weight`. */
export function timmKey(_name: string, key: string): string {
  const parts = ["conv_dw", "", "norm", "mlp.fc1", "", "mlp.fc2"];
  return key
    .replace(/^features\.0\./, "stem.")
    .replace(/^features\.(\d)\.(\d+)\.(?=block|layer_scale)/, (_, at, block) => {
      return `stages.${(Number(at) - 1) / 2}.blocks.${block}.`;
    })
    .replace(/^features\.(\d)\./, (_, at) => `stages.${Number(at) / 2}.downsample.`)
    .replace(/(?<=\.)block\.(\d)/, (_, part) => parts[part])
    .replace(/layer_scale$/, "gamma")
    .replace(/^classifier\.0/, "head.norm")
    .replace(/^classifier\.2/, "head.fc");
}

export const timmShape = (_name: string, key: string, shape: Shape): Shape =>
  key.endsWith("layer_scale") ? shape.slice(0, 1) : shape;
