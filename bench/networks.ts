/**
 * The networks that are measured, as plain data: every peer, the Python one included, builds its model from the
 * same rows, so that nobody runs a smaller network than the others.
 */
export type Layer =
  | {
      readonly kind: "conv";
      readonly in: number;
      readonly out: number;
      readonly kernel: number;
      readonly stride: number;
      readonly padding: number;
      readonly bias: boolean;
    }
  | { readonly kind: "batchNorm"; readonly channels: number }
  | { readonly kind: "linear"; readonly in: number; readonly out: number }
  | { readonly kind: "maxPool"; readonly size: number }
  | { readonly kind: "relu" | "flatten" | "globalMaxPool" | "globalAveragePool" }
  /**
   * relu(body(x) + shortcut(x)), the shortcut of option A (He et al. 2015, section 3.3): every `stride`-th
   * pixel, and half of the `grow` new channels, all zero, on either side.
   */
  | {
      readonly kind: "residual";
      readonly stride: number;
      readonly grow: number;
      readonly body: readonly Layer[];
    };

export interface Network {
  readonly name: string;
  /** Channels, height, width. */
  readonly input: readonly [number, number, number];
  readonly parameters: number;
  readonly layers: readonly Layer[];
}

const relu: Layer = { kind: "relu" };
const batchNorm = (channels: number): Layer => ({ kind: "batchNorm", channels });
const linear = (inputs: number, out: number): Layer => ({ kind: "linear", in: inputs, out });

function conv(
  inputs: number,
  out: number,
  kernel: number,
  options: { [name: string]: unknown } = {},
) {
  const defaults = { stride: 1, padding: 0, bias: true };
  return { kind: "conv", in: inputs, out, kernel, ...defaults, ...options } as Layer;
}

/** LeCun et al. 1998, with ReLU, max pooling, and padding 2 for 28×28. */
const lenet5: Network = {
  name: "lenet5",
  input: [1, 28, 28],
  parameters: 61_706,
  layers: [
    ...[conv(1, 6, 5, { padding: 2 }), relu, { kind: "maxPool", size: 2 } as const],
    ...[conv(6, 16, 5), relu, { kind: "maxPool", size: 2 } as const],
    ...[
      { kind: "flatten" } as const,
      linear(400, 120),
      relu,
      linear(120, 84),
      relu,
      linear(84, 10),
    ],
  ],
};

/** He et al. 2015, section 4.2, n = 3. */
const resnet20: Network = {
  name: "resnet20",
  input: [3, 32, 32],
  parameters: 269_722,
  layers: [
    ...[conv(3, 16, 3, { padding: 1, bias: false }), batchNorm(16), relu],
    ...[16, 32, 64].flatMap((width, stage) => [0, 1, 2].map((block) => basic(width, stage, block))),
    ...[{ kind: "globalAveragePool" } as const, linear(64, 10)],
  ],
};

function basic(width: number, stage: number, block: number): Layer {
  const narrow = block === 0 && stage > 0;
  const inputs = narrow ? width / 2 : width;
  const stride = narrow ? 2 : 1;
  const body = [
    ...[conv(inputs, width, 3, { padding: 1, stride, bias: false }), batchNorm(width), relu],
    ...[conv(width, width, 3, { padding: 1, bias: false }), batchNorm(width)],
  ];
  return { kind: "residual", stride, grow: width - inputs, body };
}

/** A plain wide network for CIFAR: stages of width 64, 256 and 256. */
const cifarnet: Network = {
  name: "cifarnet",
  input: [3, 32, 32],
  parameters: 1_997_322,
  layers: [
    ...[conv(3, 64, 3, { padding: 1 }), relu],
    ...[64, 256, 256].flatMap((width, stage, widths) => [
      ...[conv(widths[stage - 1] ?? 64, width, 3, { padding: 1, bias: false }), batchNorm(width)],
      ...[{ kind: "maxPool", size: 2 } as const, relu],
      ...[conv(width, width, 3, { padding: 1, bias: false }), batchNorm(width), relu],
    ]),
    ...[{ kind: "globalMaxPool" } as const, linear(256, 10)],
  ],
};

export const networks: readonly Network[] = [lenet5, resnet20, cifarnet];

export function countParameters(layers: readonly Layer[]): number {
  const count = (layer: Layer): number => {
    if (layer.kind === "conv") {
      return layer.in * layer.out * layer.kernel ** 2 + (layer.bias ? layer.out : 0);
    }
    if (layer.kind === "linear") return layer.in * layer.out + layer.out;
    if (layer.kind === "batchNorm") return 2 * layer.channels;
    return layer.kind === "residual" ? countParameters(layer.body) : 0;
  };
  return layers.reduce((sum, layer) => sum + count(layer), 0);
}
