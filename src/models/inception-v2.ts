import { truncNormal } from "../nn/init/trunc-normal.ts";
import { linear } from "../nn/linear/linear.ts";
import { type Pair, pair } from "../nn/pair.ts";
import { avgPool2d } from "../nn/pooling/avg-pool2d.ts";
import { globalAvgPool2d } from "../nn/pooling/global-avg-pool2d.ts";
import { maxPool2d } from "../nn/pooling/max-pool2d.ts";
import { dropout } from "../nn/regularization/dropout.ts";
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

export const infos: readonly ModelInfo[] = [
  {
    name: "inception_v2",
    title: "Inception v2: factorised convolutions",
    inputShape: [3, 299, 299],
    classes: 1000,
    parameters: 25_013_960,
    macs: 6_098_145_888,
    source: "Szegedy et al. 2015, arXiv:1512.00567, table 1",
    loss: "crossEntropy",
    accuracy: {
      top1: 78.4,
      source:
        "Szegedy et al. 2015, arXiv:1512.00567, table 3: with label smoothing and the 7×7 factorised",
    },
  },
];

const weightInit = /* @__PURE__ */ truncNormal({ std: 0.1 });

/** With padding that keeps the size. */
const conv = (out: number, kernel: Pair) => {
  const padding = pair(kernel).map((size) => (size - 1) / 2);
  return basicConv2d(out, { kernel, padding, weightInit });
};

/** 3×3 without padding. */
const convValid = (out: number, stride = 1) => basicConv2d(out, { kernel: 3, stride, weightInit });

const halvingPool = () => maxPool2d({ kernel: 3, stride: 2 });

const pooled = (out: number) =>
  sequential(avgPool2d({ kernel: 3, stride: 1, padding: 1 }), conv(out, 1));

/** Figure 5, at 35×35. */
const blockA = () =>
  inceptionBlock({
    branch1: conv(64, 1),
    branch2: sequential(conv(48, 1), conv(64, 3)),
    branch3: sequential(conv(64, 1), conv(96, 3), conv(96, 3)),
    branch4: pooled(64),
  });

/** Figure 6, at 17×17: n×n as 1×n and n×1, n = 7. */
const blockB = (width: number) =>
  inceptionBlock({
    branch1: conv(192, 1),
    branch2: sequential(conv(width, 1), conv(width, [1, 7]), conv(192, [7, 1])),
    branch3: sequential(
      conv(width, 1),
      conv(width, [1, 7]),
      conv(width, [7, 1]),
      conv(width, [1, 7]),
      conv(192, [7, 1]),
    ),
    branch4: pooled(192),
  });

/** 1×3 and 3×1 over the same maps. */
const bank = (out: number) =>
  inceptionBlock({ branch1: conv(out, [1, 3]), branch2: conv(out, [3, 1]) });

/** Figure 7, at 8×8. */
const blockC = () =>
  inceptionBlock({
    branch1: conv(320, 1),
    branch2: sequential(conv(384, 1), bank(384)),
    branch3: sequential(conv(448, 1), conv(384, 3), bank(384)),
    branch4: pooled(192),
  });

/** Figure 10: the pool's channels and those of two branches that end in a 3×3 with stride 2. */
const reduction = (reduce3: number, c3: number, reduceDouble: number, cDouble: number) =>
  inceptionBlock({
    branch1: sequential(conv(reduce3, 1), convValid(c3, 2)),
    branch2: sequential(conv(reduceDouble, 1), conv(cDouble, 3), convValid(cDouble, 2)),
    branch3: halvingPool(),
  });

export class InceptionV2 extends LayersInOrder {
  // Table 1, its input sizes: 299×299×3, 149×149×32, 147×147×32, 147×147×64, 73×73×64, 71×71×80, 35×35×192
  conv1 = convValid(32, 2);
  conv2 = convValid(32);
  conv3 = conv(64, 3);
  maxpool = halvingPool();
  conv4 = convValid(80);
  conv5 = convValid(192, 2);
  conv6 = conv(288, 3);
  // 35×35×288
  inception3 = sequential(blockA(), blockA(), blockA());
  reduction3 = reduction(64, 384, 64, 96);
  // 17×17×768
  inception4 = sequential(...[128, 160, 160, 160, 192].map(blockB));
  reduction4 = reduction(192, 320, 192, 192);
  // 8×8×1280
  inception5 = sequential(blockC(), blockC());
  // 8×8×2048
  avgpool = globalAvgPool2d();
  dropout;
  fc;

  constructor({ classes, dropRate = 0.5 }: ModelRequest) {
    super();
    this.dropout = dropout(dropRate);
    this.fc = linear(classes, { weightInit });
  }

  override get kind(): string {
    return "inceptionV2";
  }
}

export function make(request: ModelRequest): MadeModel {
  checkRequest(request, 75);
  const info = infoOf(infos, request.name);
  return { net: new InceptionV2(request), notes: requestNotes(request, info) };
}
