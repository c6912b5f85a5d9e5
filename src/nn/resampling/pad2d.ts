/**
 * Layers that surround images with more rows and columns: zeros, another constant, or what the image holds
 * itself, see `pad-mode.ts`.
 */
import { ConvkitError } from "../../core/error.ts";
import type { Tensor } from "../../graph/tensor.ts";
import { type PaddingMode, padImages } from "../convolution/pad-mode.ts";
import { checkImages } from "../images.ts";
import type { LayerSpec } from "../layer-spec.ts";
import { Module } from "../module.ts";

/**
 * The same on all sides; on top and bottom, and left and right; or by the sides' names, 0 where left out. Four bare
 * numbers are refused: PyTorch's padding layers begin at the left, convolutions of convkit at the top.
 */
export type Padding2d =
  | number
  | readonly [rows: number, columns: number]
  | {
      readonly top?: number;
      readonly bottom?: number;
      readonly left?: number;
      readonly right?: number;
    };

export class Pad2d extends Module {
  readonly mode: PaddingMode;
  readonly value: number;
  readonly #kind: string;
  /** Top, bottom, left and right. */
  readonly #sides: readonly number[];

  constructor(kind: string, mode: PaddingMode, padding: Padding2d, value = 0) {
    super();
    this.#kind = kind;
    this.mode = mode;
    this.value = value;
    this.#sides = sidesOf(padding);
    const least = mode === "zeros" ? Number.NEGATIVE_INFINITY : 0;
    if (this.#sides.length !== 4 || !this.#sides.every((n) => Number.isInteger(n) && n >= least)) {
      throw new ConvkitError(
        kind,
        `padding is ${JSON.stringify(padding)}, expected a whole number, [rows, columns] or ` +
          "{ top, bottom, left, right }",
      );
    }
  }

  override get kind(): string {
    return this.#kind;
  }

  forward(x: Tensor): Tensor {
    checkImages(this.kind, x);
    const [top, bottom, left, right] = this.#sides;
    // A negative side cuts.
    const kept = x
      .slice(2, Math.max(0, -top), x.shape[2] - Math.max(0, -bottom))
      .slice(3, Math.max(0, -left), x.shape[3] - Math.max(0, -right));
    const added = this.#sides.map((side) => Math.max(0, side));
    return padImages(this.kind, kept, added, this.mode, this.value);
  }
}

function sidesOf(padding: Padding2d): readonly number[] {
  if (typeof padding === "number") return [padding, padding, padding, padding];
  if (isList(padding)) return padding.length === 2 ? [0, 0, 1, 1].map((i) => padding[i]) : [];
  const { top = 0, bottom = 0, left = 0, right = 0 } = padding;
  return [top, bottom, left, right];
}

const isList = (padding: Padding2d): padding is readonly [number, number] => Array.isArray(padding);

/** Zeros around the image; a negative side cuts. */
export const zeroPad2d = (padding: Padding2d): Pad2d => new Pad2d("zeroPad2d", "zeros", padding);

/** `value` around the image; a negative side cuts. */
export const constantPad2d = (padding: Padding2d, value: number): Pad2d =>
  new Pad2d("constantPad2d", "zeros", padding, value);

/** The image mirrored at its edge rows and columns, which are not repeated. */
export const reflectionPad2d = (padding: Padding2d): Pad2d =>
  new Pad2d("reflectionPad2d", "reflect", padding);

/** The edge rows and columns repeated. */
export const replicationPad2d = (padding: Padding2d): Pad2d =>
  new Pad2d("replicationPad2d", "replicate", padding);

/** The image repeated, as on a torus. */
export const circularPad2d = (padding: Padding2d): Pad2d =>
  new Pad2d("circularPad2d", "circular", padding);

const shapes = "N×C×H×W → N×C×(H + top + bottom)×(W + left + right)";

export const zeroPad2dSpec: LayerSpec = {
  name: "zeroPad2d",
  formula: "y = 0 0 | a b c d | 0 0",
  shapes,
  source: "elementary",
  torch: "nn.ZeroPad2d",
  // biome-ignore format: one case a line
  samples: [
    { name: "all sides", make: () => zeroPad2d(2), inputs: [{ shape: [2, 3, 4] }], output: [2, 7, 8], torch: "nn.ZeroPad2d(2)" },
    { name: "shifted", make: () => zeroPad2d({ top: -1, bottom: 1, left: 2 }), inputs: [{ shape: [2, 3, 4] }], output: [2, 3, 6], torch: "nn.ZeroPad2d((2, 0, -1, 1))" },
  ],
};

export const constantPad2dSpec: LayerSpec = {
  name: "constantPad2d",
  formula: "y = v v | a b c d | v v",
  shapes,
  source: "elementary",
  torch: "nn.ConstantPad2d",
  // biome-ignore format: one case a line
  samples: [
    { name: "rows and columns", make: () => constantPad2d([1, 2], -1.5), inputs: [{ shape: [2, 3, 4] }], output: [2, 5, 8], torch: "nn.ConstantPad2d((2, 2, 1, 1), -1.5)" },
  ],
};

export const reflectionPad2dSpec: LayerSpec = {
  name: "reflectionPad2d",
  formula: "y = c b | a b c d | c b",
  shapes,
  source: "elementary",
  torch: "nn.ReflectionPad2d",
  // biome-ignore format: one case a line
  samples: [
    { name: "four sides", make: () => reflectionPad2d({ top: 1, bottom: 2, left: 3, right: 0 }), inputs: [{ shape: [2, 3, 4] }], output: [2, 6, 7], torch: "nn.ReflectionPad2d((3, 0, 1, 2))" },
  ],
};

export const replicationPad2dSpec: LayerSpec = {
  name: "replicationPad2d",
  formula: "y = a a | a b c d | d d",
  shapes,
  source: "elementary",
  torch: "nn.ReplicationPad2d",
  // biome-ignore format: one case a line
  samples: [
    { name: "four sides", make: () => replicationPad2d({ top: 1, bottom: 4, left: 3, right: 0 }), inputs: [{ shape: [2, 3, 4] }], output: [2, 8, 7], torch: "nn.ReplicationPad2d((3, 0, 1, 4))" },
  ],
};

export const circularPad2dSpec: LayerSpec = {
  name: "circularPad2d",
  formula: "y = c d | a b c d | a b",
  shapes,
  source: "elementary",
  torch: "nn.CircularPad2d",
  // biome-ignore format: one case a line
  samples: [
    { name: "four sides", make: () => circularPad2d({ top: 1, bottom: 3, left: 4, right: 0 }), inputs: [{ shape: [2, 3, 4] }], output: [2, 7, 8], torch: "lambda x: F.pad(x, (4, 0, 1, 3), 'circular')" },
  ],
};
