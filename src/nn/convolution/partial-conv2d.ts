/**
 * A convolution in which each output map sees the input maps that a table names: layer C3 of LeNet-5. Only connections
 * that exist have kernels; they are put among zeros, and one dense convolution does the rest. The weight holds the
 * kernels in the table's order, those of output 0 first.
 */
import { ConvkitError } from "../../core/error.ts";
import { sizeOf } from "../../core/shape.ts";
import type { Tensor } from "../../graph/tensor.ts";
import { checkImages } from "../images.ts";
import type { Init } from "../init/initializer.ts";
import type { LayerSpec } from "../layer-spec.ts";
import { Module } from "../module.ts";
import { pair } from "../pair.ts";
import { addBias, type Conv2dOptions, convolve } from "./conv2d.ts";
import { checkPaddingMode } from "./pad-mode.ts";

/** `table[o]` lists the input maps of output map o. */
export type ConnectionTable = readonly (readonly number[])[];

/** LeCun et al. 1998, Table I, by columns: the six maps of S2 that each of the sixteen maps of C3 sees. */
// biome-ignore format: three, four and six inputs
export const lenet5Table: ConnectionTable = [
  [0, 1, 2], [1, 2, 3], [2, 3, 4], [3, 4, 5], [0, 4, 5], [0, 1, 5],
  [0, 1, 2, 3], [1, 2, 3, 4], [2, 3, 4, 5], [0, 3, 4, 5], [0, 1, 4, 5], [0, 1, 2, 5],
  [0, 1, 3, 4], [1, 2, 4, 5], [0, 2, 3, 5],
  [0, 1, 2, 3, 4, 5],
];

/** `weightInit` is asked for connections×kH×kW numbers. */
export type PartialConv2dOptions = Omit<Conv2dOptions, "groups">;

export class PartialConv2d extends Module {
  readonly table: ConnectionTable;
  readonly options: PartialConv2dOptions;

  constructor(table: ConnectionTable, options: PartialConv2dOptions) {
    super();
    table.forEach((inputs, o) => {
      const fine = inputs.length > 0 && inputs.every((i) => Number.isInteger(i) && i >= 0);
      if (fine && new Set(inputs).size === inputs.length) return;
      throw new ConvkitError(
        "partialConv2d",
        `output ${o} of the table sees [${inputs}] — list at least one input map, each once`,
      );
    });
    if (table.length === 0) throw new ConvkitError("partialConv2d", "the table has no outputs");
    checkPaddingMode("partialConv2d", options.paddingMode ?? "zeros");
    this.table = table;
    this.options = options;
  }

  override get kind(): string {
    return "partialConv2d";
  }

  forward(x: Tensor): Tensor {
    const { table } = this;
    const { bias = true, weightInit, biasInit } = this.options;
    const kernel = pair(this.options.kernel);
    checkImages("partialConv2d", x);
    const channels = x.shape[1];
    const most = Math.max(...table.flat());
    if (most >= channels) {
      throw new ConvkitError(
        "partialConv2d",
        `the table names input map ${most}, the input has ${channels}, numbered from 0`,
      );
    }
    const places = table.flatMap((inputs, o) => inputs.map((i) => o * channels + i));
    const init =
      weightInit ??
      uniformByFan(
        table.flatMap((of) => of.map(() => of.length)),
        kernel,
      );
    const connections = this.param("weight", [places.length, ...kernel], init);
    // placement[o·C + i, j] is 1 where connection j leads from i to o.
    const placement = this.buffer(
      "placement",
      [table.length * channels, places.length],
      () => {
        const ones = new Float64Array(table.length * channels * places.length);
        for (const [j, place] of places.entries()) ones[place * places.length + j] = 1;
        return ones;
      },
      { persistent: false },
    );
    const dense = placement.matmul(connections.reshape(places.length, sizeOf(kernel)));
    const w = dense.reshape(table.length, channels, ...kernel);
    const y = convolve("partialConv2d", x, w, 1, this.options);
    if (!bias) return y;
    const start =
      biasInit ??
      uniformByFan(
        table.map((inputs) => inputs.length),
        kernel,
      );
    return addBias(y, this.param("bias", [table.length], start));
  }
}

/** U(±1/√fan), PyTorch's rule, with the fan of each row: the inputs of its output times the kernel's size. */
const uniformByFan =
  (inputs: readonly number[], kernel: readonly number[]): Init =>
  (shape, random) => {
    const row = sizeOf(shape) / inputs.length;
    return Float64Array.from({ length: sizeOf(shape) }, (_, at) => {
      const bound = 1 / Math.sqrt(inputs[Math.floor(at / row)] * sizeOf(kernel));
      return random.uniformRange(-bound, bound);
    });
  };

export const partialConv2d = (
  table: ConnectionTable,
  options: PartialConv2dOptions,
): PartialConv2d => new PartialConv2d(table, options);

export const partialConv2dSpec: LayerSpec = {
  name: "partialConv2d",
  formula: "y[o] = b[o] + Σ_{i ∈ table[o]} w[o, i] ⋆ x[i]",
  shapes: "N×I×H×W → N×O×H′×W′",
  source: "LeCun et al. 1998, Proc. IEEE 86(11), section II.B and Table I",
  torch: null,
  // biome-ignore format: one case a line
  samples: [
    { name: "three outputs", make: () => partialConv2d([[0, 2], [1], [3, 1, 0]], { kernel: [3, 2], padding: 1, stride: 2 }), inputs: [{ shape: [4, 5, 5] }], output: [3, 3, 3], states: { weight: [6, 3, 2], bias: [3] }, torch: "lambda x, p: partial_conv2d(x, p, [[0, 2], [1], [3, 1, 0]], 2, 1)" },
    { name: "C3 of LeNet-5", make: () => partialConv2d(lenet5Table, { kernel: 5 }), inputs: [{ shape: [6, 6, 5] }], output: [16, 2, 1], states: { weight: [60, 5, 5], bias: [16] }, torch: "lambda x, p: partial_conv2d(x, p, LENET5, 1, 0)" },
  ],
};
