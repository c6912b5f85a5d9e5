import { kaimingNormal } from "../nn/init/kaiming.ts";
import { linear } from "../nn/linear/linear.ts";
import { avgPool2d } from "../nn/pooling/avg-pool2d.ts";
import { globalAvgPool2d } from "../nn/pooling/global-avg-pool2d.ts";
import { maxPool2d } from "../nn/pooling/max-pool2d.ts";
import { sequential } from "../nn/structure/sequential.ts";
import { basicConv2d } from "./blocks/basic-conv2d.ts";
import { inceptionBlock } from "./blocks/inception-block.ts";
import { LayersInOrder } from "./blocks/layers-in-order.ts";
import {
  checkRequest,
  infoOf,
  type MadeModel,
  type ModelInfo,
  type ModelRequest,
  requestNotes,
} from "./model.ts";

// Channels of the 1×1, of the 3×3 and what reduces its input, of both 3×3 in a row alike, and after the pool. Blocks without a
// 1×1 branch have stride 2, and their pool's channels pass.
// biome-ignore format: a table
const blocks = {
  //                1×1  →3×3  3×3  →2·3×3  2·3×3  pool
  inception3a:    [  64,   64,  64,     64,    96, "avg",  32],
  inception3b:    [  64,   64,  96,     64,    96, "avg",  64],
  inception3c:    [   0,  128, 160,     64,    96, "max",   0],
  inception4a:    [ 224,   64,  96,     96,   128, "avg", 128],
  inception4b:    [ 192,   96, 128,     96,   128, "avg", 128],
  inception4c:    [ 160,  128, 160,    128,   160, "avg", 128],
  inception4d:    [  96,  128, 192,    160,   192, "avg", 128],
  inception4e:    [   0,  128, 192,    192,   256, "max",   0],
  inception5a:    [ 352,  192, 320,    160,   224, "avg", 128],
  inception5b:    [ 352,  192, 320,    192,   224, "max", 128],
} as const;

type Block = (typeof blocks)[keyof typeof blocks];

export const infos: readonly ModelInfo[] = [
  {
    name: "bn_inception",
    title: "BN-Inception: GoogLeNet with batch norm and pairs of 3×3",
    inputShape: [3, 224, 224],
    classes: 1000,
    parameters: 11_285_224,
    macs: 2_032_600_064,
    source: "Ioffe and Szegedy 2015, arXiv:1502.03167, figure 5",
    loss: "crossEntropy",
    accuracy: { top1: 74.8, source: "Szegedy et al. 2015, arXiv:1512.00567, table 3" },
  },
];

const weightInit = /* @__PURE__ */ kaimingNormal({ mode: "fanOut", nonlinearity: "relu" });

const conv = (out: number, kernel: number, stride = 1) =>
  basicConv2d(out, { kernel, stride, padding: (kernel - 1) / 2, eps: 1e-5, weightInit });

/** ⌈H/2⌉×⌈W/2⌉, as a 3×3 convolution with stride 2 gives; windows may hang over the end. */
const halvingPool = () => maxPool2d({ kernel: 3, stride: 2, padding: [0, 2, 0, 2] });

function inception([c1, reduce3, c3, reduceDouble, cDouble, pool, projection]: Block) {
  const stride = c1 === 0 ? 2 : 1;
  const branch2 = sequential(conv(reduce3, 1), conv(c3, 3, stride));
  const branch3 = sequential(conv(reduceDouble, 1), conv(cDouble, 3), conv(cDouble, 3, stride));
  if (stride === 2) return inceptionBlock({ branch2, branch3, branch4: halvingPool() });
  const window = { kernel: 3, stride: 1, padding: 1 };
  const pooled = pool === "avg" ? avgPool2d(window) : maxPool2d(window);
  const branch4 = sequential(pooled, conv(projection, 1));
  return inceptionBlock({ branch1: conv(c1, 1), branch2, branch3, branch4 });
}

export class BnInception extends LayersInOrder {
  // 224×224×3 → 112 → 56×56×192 → 28×28×576 → 14×14×1056 → 7×7×1024 → classes
  conv1 = conv(64, 7, 2);
  maxpool1 = halvingPool();
  conv2 = conv(64, 1);
  conv3 = conv(192, 3);
  maxpool2 = halvingPool();
  inception3a = inception(blocks.inception3a);
  inception3b = inception(blocks.inception3b);
  inception3c = inception(blocks.inception3c);
  inception4a = inception(blocks.inception4a);
  inception4b = inception(blocks.inception4b);
  inception4c = inception(blocks.inception4c);
  inception4d = inception(blocks.inception4d);
  inception4e = inception(blocks.inception4e);
  inception5a = inception(blocks.inception5a);
  inception5b = inception(blocks.inception5b);
  avgpool = globalAvgPool2d();
  fc;

  constructor(classes: number) {
    super();
    this.fc = linear(classes);
  }

  override get kind(): string {
    return "bnInception";
  }
}

export function make(request: ModelRequest): MadeModel {
  checkRequest(request, 4);
  const info = infoOf(infos, request.name);
  return { net: new BnInception(request.classes), notes: requestNotes(request, info) };
}
