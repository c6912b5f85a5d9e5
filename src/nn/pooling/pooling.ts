/** Layers that take the largest value or the mean of windows, or of whole images. */
import { ConvkitError } from "../../core/error.ts";
import { formatShape } from "../../core/shape.ts";
import type { Attrs } from "../../graph/node.ts";
import type { Tensor } from "../../graph/tensor.ts";
import type { LayerSpec } from "../layer-spec.ts";
import { Module } from "../module.ts";
import { type Pair, pair } from "../pair.ts";

export interface MaxPool2dOptions {
  readonly kernel: Pair;
  /** The kernel's size when left out. */
  readonly stride?: Pair;
  readonly padding?: number | readonly number[];
  readonly dilation?: Pair;
  readonly ceilMode?: boolean;
}

export interface AvgPool2dOptions extends Omit<MaxPool2dOptions, "dilation"> {
  /** Whether padded zeros count into the mean. */
  readonly countIncludePad?: boolean;
}

export class Pool2d extends Module {
  readonly op: "maxPool2d" | "avgPool2d";
  readonly attrs: Attrs;

  constructor(op: Pool2d["op"], options: Pair | MaxPool2dOptions | AvgPool2dOptions) {
    super();
    this.op = op;
    const given = isPair(options) ? { kernel: options } : options;
    const { kernel, stride = kernel, ...others } = given;
    const dilation = "dilation" in others && others.dilation ? pair(others.dilation) : undefined;
    this.attrs = {
      ...others,
      kernel: pair(kernel),
      stride: pair(stride),
      ...(dilation && { dilation }),
    };
  }

  override get kind(): string {
    return this.op;
  }

  forward(x: Tensor): Tensor {
    return x.builder.apply(this.op, [x], this.attrs);
  }
}

const isPair = (value: Pair | object): value is Pair =>
  typeof value === "number" || Array.isArray(value);

/** `maxPool2d(2)`: the largest value of each 2×2 window, stride 2. */
export const maxPool2d = (options: Pair | MaxPool2dOptions): Pool2d =>
  new Pool2d("maxPool2d", options);

export const avgPool2d = (options: Pair | AvgPool2dOptions): Pool2d =>
  new Pool2d("avgPool2d", options);

/** N×C×H×W → N×C. */
export class GlobalPool2d extends Module {
  readonly op: "mean" | "reduceMax";

  constructor(op: GlobalPool2d["op"]) {
    super();
    this.op = op;
  }

  override get kind(): string {
    return this.op === "mean" ? "globalAvgPool2d" : "globalMaxPool2d";
  }

  forward(x: Tensor): Tensor {
    if (x.rank !== 4) {
      throw new ConvkitError(this.kind, `takes images N×C×H×W, got ${formatShape(x.shape)}`);
    }
    return this.op === "mean" ? x.mean([2, 3]) : x.amax([2, 3]);
  }
}

export const globalAvgPool2d = (): GlobalPool2d => new GlobalPool2d("mean");
export const globalMaxPool2d = (): GlobalPool2d => new GlobalPool2d("reduceMax");

export const maxPool2dSpec: LayerSpec = {
  name: "maxPool2d",
  formula: "y = the largest element of each window; padding counts as −∞",
  shapes: "N×C×H×W → N×C×H′×W′",
  source: "Yamaguchi et al. 1990; Ranzato et al. 2007, CVPR",
  torch: "nn.MaxPool2d",
  // biome-ignore format: one case a line
  samples: [
    { name: "2×2", make: () => maxPool2d(2), inputs: [{ shape: [3, 5, 4], distinct: 0.01 }], output: [3, 2, 2], torch: "nn.MaxPool2d(2)" },
    { name: "all options", make: () => maxPool2d({ kernel: [3, 2], stride: 2, padding: 1, dilation: [1, 2], ceilMode: true }), inputs: [{ shape: [3, 6, 6], distinct: 0.01 }], output: [3, 4, 4], torch: "nn.MaxPool2d([3, 2], 2, 1, [1, 2], ceil_mode=True)" },
  ],
};

export const avgPool2dSpec: LayerSpec = {
  name: "avgPool2d",
  formula: "y = the mean of each window",
  shapes: "N×C×H×W → N×C×H′×W′",
  source: "LeCun et al. 1989, NIPS 2",
  torch: "nn.AvgPool2d",
  samples: [
    {
      name: "padding not counted",
      make: () => avgPool2d({ kernel: 3, stride: 2, padding: 1, countIncludePad: false }),
      inputs: [{ shape: [3, 5, 5] }],
      output: [3, 3, 3],
      torch: "nn.AvgPool2d(3, 2, 1, count_include_pad=False)",
    },
  ],
};

export const globalAvgPool2dSpec: LayerSpec = {
  name: "globalAvgPool2d",
  formula: "y = the mean of each channel",
  shapes: "N×C×H×W → N×C",
  source: "Lin, Chen and Yan 2013, arXiv:1312.4400, section 3.2",
  torch: "nn.AdaptiveAvgPool2d(1)",
  samples: [
    {
      name: "5×4",
      make: () => globalAvgPool2d(),
      inputs: [{ shape: [3, 5, 4] }],
      output: [3],
      torch: "lambda x: x.mean([2, 3])",
    },
  ],
};

export const globalMaxPool2dSpec: LayerSpec = {
  name: "globalMaxPool2d",
  formula: "y = the largest element of each channel",
  shapes: "N×C×H×W → N×C",
  source: "Oquab et al. 2015, CVPR",
  torch: "nn.AdaptiveMaxPool2d(1)",
  samples: [
    {
      name: "5×4",
      make: () => globalMaxPool2d(),
      inputs: [{ shape: [3, 5, 4], distinct: 0.01 }],
      output: [3],
      torch: "lambda x: x.amax([2, 3])",
    },
  ],
};
