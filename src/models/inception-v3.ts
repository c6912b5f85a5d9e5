/**
 * Inception v3 (Szegedy, Vanhoucke, Ioffe, Shlens and Wojna 2015, arXiv:1512.00567) as its authors' code and torchvision have it,
 * under torchvision's names: 7×7 convolutions factorised into 1×7 and 7×1, an auxiliary classifier with batch norm over
 * Mixed_6e. Its loss counts 0.4 in training (the authors' code); in evaluation it is not there. Its initial deviations, 0.01 and
 * 0.001, are the authors'; torchvision sets the former where it does not look for it, and starts at 0.1.
 */
import type { Tensor } from "../graph/tensor.ts";
import { truncNormal } from "../nn/init/trunc-normal.ts";
import { linear } from "../nn/linear/linear.ts";
import { type AnyModule, type Mode, Module } from "../nn/module.ts";
import { recordOutput } from "../nn/named-outputs.ts";
import { type Pair, pair } from "../nn/pair.ts";
import { adaptiveAvgPool2d } from "../nn/pooling/adaptive-avg-pool2d.ts";
import { avgPool2d } from "../nn/pooling/avg-pool2d.ts";
import { globalAvgPool2d } from "../nn/pooling/global-avg-pool2d.ts";
import { maxPool2d } from "../nn/pooling/max-pool2d.ts";
import { dropout } from "../nn/regularization/dropout.ts";
import { basicConv2d } from "./blocks/basic-conv2d.ts";
import {
  checkRequest,
  infoOf,
  type MadeModel,
  type ModelInfo,
  type ModelRequest,
  requestNotes,
  toPlusMinusOne,
} from "./model.ts";

export const infos: readonly ModelInfo[] = [
  {
    name: "inception_v3",
    title: "Inception v3: 1×7 and 7×1 convolutions, an auxiliary classifier",
    inputShape: [3, 299, 299],
    classes: 1000,
    parameters: 27_161_264,
    macs: 5_713_216_096,
    source: "Szegedy et al. 2015, arXiv:1512.00567, section 6",
    loss: "crossEntropy",
    accuracy: { top1: 77.294, source: "torchvision 0.14, IMAGENET1K_V1" },
    pictures: { ...toPlusMinusOne, cropPct: 299 / 342 },
  },
];

/** Deviation of initial values; they are cut at ±2. */
const init = (std: number) => truncNormal({ std });

/** With padding that keeps the size. */
const conv = (out: number, kernel: Pair) => {
  const padding = pair(kernel).map((size) => (size - 1) / 2);
  return basicConv2d(out, { kernel, padding, weightInit: init(0.1) });
};

/** Without padding. */
const convValid = (out: number, kernel: number, stride = 1, std = 0.1) =>
  basicConv2d(out, { kernel, stride, weightInit: init(std) });

const halvingPool = () => maxPool2d({ kernel: 3, stride: 2 });

/** One layer, or several over one input whose channels are joined. */
type Step = Readonly<Record<string, Module>>;

/** Branches of steps, their channels joined; all layers are children of the block, as in torchvision. */
class Inception extends Module {
  readonly #branches: readonly (readonly Step[])[];

  constructor(...branches: (readonly Step[])[]) {
    super();
    this.#branches = branches;
  }

  override get kind(): string {
    return "inception";
  }

  override namedChildren(): [string, AnyModule][] {
    return this.#branches.flat().flatMap((step) => Object.entries(step));
  }

  forward(x: Tensor, mode: Mode): Tensor {
    const joined = (parts: readonly Tensor[]) =>
      parts.length === 1 ? parts[0] : x.builder.apply("concat", parts, { axis: 1 });
    const results = this.#branches.map((branch) =>
      branch.reduce((h, step) => joined(Object.values(step).map((l) => l.call(h, mode))), x),
    );
    return joined(results);
  }
}

const pooled = (out: number): Step[] => [
  { pool: avgPool2d({ kernel: 3, stride: 1, padding: 1 }) },
  { branch_pool: conv(out, 1) },
];

/** 35×35: figure 5, but for a 5×5 convolution. */
const inceptionA = (poolWidth: number) =>
  new Inception(
    [{ branch1x1: conv(64, 1) }],
    [{ branch5x5_1: conv(48, 1) }, { branch5x5_2: conv(64, 5) }],
    [
      { branch3x3dbl_1: conv(64, 1) },
      { branch3x3dbl_2: conv(96, 3) },
      { branch3x3dbl_3: conv(96, 3) },
    ],
    pooled(poolWidth),
  );

/** 35×35 to 17×17: figure 10. */
const inceptionB = () =>
  new Inception(
    [{ branch3x3: convValid(384, 3, 2) }],
    [
      { branch3x3dbl_1: conv(64, 1) },
      { branch3x3dbl_2: conv(96, 3) },
      { branch3x3dbl_3: convValid(96, 3, 2) },
    ],
    [{ pool: halvingPool() }],
  );

/** 17×17: figure 6 with n = 7. */
const inceptionC = (width: number) =>
  new Inception(
    [{ branch1x1: conv(192, 1) }],
    [
      { branch7x7_1: conv(width, 1) },
      { branch7x7_2: conv(width, [1, 7]) },
      { branch7x7_3: conv(192, [7, 1]) },
    ],
    [
      { branch7x7dbl_1: conv(width, 1) },
      { branch7x7dbl_2: conv(width, [7, 1]) },
      { branch7x7dbl_3: conv(width, [1, 7]) },
      { branch7x7dbl_4: conv(width, [7, 1]) },
      { branch7x7dbl_5: conv(192, [1, 7]) },
    ],
    pooled(192),
  );

/** 17×17 to 8×8. */
const inceptionD = () =>
  new Inception(
    [{ branch3x3_1: conv(192, 1) }, { branch3x3_2: convValid(320, 3, 2) }],
    [
      { branch7x7x3_1: conv(192, 1) },
      { branch7x7x3_2: conv(192, [1, 7]) },
      { branch7x7x3_3: conv(192, [7, 1]) },
      { branch7x7x3_4: convValid(192, 3, 2) },
    ],
    [{ pool: halvingPool() }],
  );

/** 8×8: figure 7. */
const inceptionE = () =>
  new Inception(
    [{ branch1x1: conv(320, 1) }],
    [
      { branch3x3_1: conv(384, 1) },
      { branch3x3_2a: conv(384, [1, 3]), branch3x3_2b: conv(384, [3, 1]) },
    ],
    [
      { branch3x3dbl_1: conv(448, 1) },
      { branch3x3dbl_2: conv(384, 3) },
      { branch3x3dbl_3a: conv(384, [1, 3]), branch3x3dbl_3b: conv(384, [3, 1]) },
    ],
    pooled(192),
  );

/** The classifier over Mixed_6e: 17×17 → 5×5 → 1×1 → classes. */
class AuxiliaryClassifier extends Module {
  pool = avgPool2d({ kernel: 5, stride: 3 });
  adaptive = adaptiveAvgPool2d(5);
  conv0 = conv(128, 1);
  conv1 = convValid(768, 5, 1, 0.01);
  avgpool = globalAvgPool2d();
  fc;

  constructor(classes: number) {
    super();
    this.fc = linear(classes, { weightInit: init(0.001) });
  }

  override get kind(): string {
    return "auxiliaryClassifier";
  }

  forward(x: Tensor, mode: Mode): Tensor {
    const [, , h, w] = x.shape;
    // conv1 needs 5×5, which the published windows give from 17×17 on: of images from 299×299 on.
    const pool = Math.min(h, w) < 17 ? this.adaptive : this.pool;
    const features = this.conv1.call(this.conv0.call(pool.call(x, mode), mode), mode);
    return this.fc.call(this.avgpool.call(features, mode), mode);
  }
}

export class InceptionV3 extends Module {
  // 299×299×3 → 149 → 147 → 73×73×64 → 71 → 35×35×192 → 35×35×288 → 17×17×768 → 8×8×2048 → classes
  Conv2d_1a_3x3 = convValid(32, 3, 2);
  Conv2d_2a_3x3 = convValid(32, 3);
  Conv2d_2b_3x3 = conv(64, 3);
  maxpool1 = halvingPool();
  Conv2d_3b_1x1 = conv(80, 1);
  Conv2d_4a_3x3 = convValid(192, 3);
  maxpool2 = halvingPool();
  Mixed_5b = inceptionA(32);
  Mixed_5c = inceptionA(64);
  Mixed_5d = inceptionA(64);
  Mixed_6a = inceptionB();
  Mixed_6b = inceptionC(128);
  Mixed_6c = inceptionC(160);
  Mixed_6d = inceptionC(160);
  Mixed_6e = inceptionC(192);
  AuxLogits;
  Mixed_7a = inceptionD();
  Mixed_7b = inceptionE();
  Mixed_7c = inceptionE();
  avgpool = globalAvgPool2d();
  dropout;
  fc;

  constructor({ classes, auxiliary = true, dropRate = 0.5 }: ModelRequest) {
    super();
    this.AuxLogits = auxiliary ? new AuxiliaryClassifier(classes) : undefined;
    this.dropout = dropout(dropRate);
    this.fc = linear(classes, { weightInit: init(0.1) });
  }

  override get kind(): string {
    return "inceptionV3";
  }

  forward(x: Tensor, mode: Mode): Tensor {
    let h = x;
    for (const [, layer] of this.namedChildren() as [string, Module][]) {
      if (layer !== this.AuxLogits) h = layer.call(h, mode);
      else if (mode.training) {
        recordOutput({ name: "aux", tensor: layer.call(h, mode), lossWeight: 0.4 });
      }
    }
    return h;
  }
}

export function make(request: ModelRequest): MadeModel {
  checkRequest(request, 75);
  const info = infoOf(infos, request.name);
  const notes = requestNotes(request, info);
  const [, h, w] = request.inputShape;
  if (request.auxiliary !== false && Math.min(h, w) < 299) {
    notes.push(`${info.name}: windows of the auxiliary classifier's pool fitted to the size`);
  }
  return { net: new InceptionV3(request), notes };
}

/** timm has the same names. */
export const timmKey = (_name: string, key: string): string => key;
