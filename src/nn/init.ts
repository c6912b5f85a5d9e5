/**
 * Initial values. An initialiser is a pure function of a shape and a random stream; the stream is derived
 * from the seed and the parameter's path, so that no parameter's value depends on another's.
 * Fans are PyTorch's: a weight O×I×k… has fan-in I·k… and fan-out O·k….
 */
import { ConvkitError } from "../core/error.ts";
import type { Random } from "../core/random.ts";
import { formatShape, type Shape, sizeOf } from "../core/shape.ts";

export type Init = (shape: Shape, random: Random) => ArrayLike<number>;

const fill =
  (draw: (random: Random) => number): Init =>
  (shape, random) =>
    Float64Array.from({ length: sizeOf(shape) }, () => draw(random));

export const constant = (value: number): Init => fill(() => value);
export const zeros = (): Init => constant(0);
export const ones = (): Init => constant(1);

/** U(low, high). */
export const uniform = (low = 0, high = 1): Init =>
  fill((random) => random.uniformRange(low, high));

/** N(mean, std²). */
export const normal = (mean = 0, std = 1): Init => fill((random) => mean + std * random.normal());

/** N(mean, std²) cut to [low, high], by rejection. */
export function truncNormal({ mean = 0, std = 1, low = -2, high = 2 } = {}): Init {
  // Rejection is quick as long as the interval reaches the bulk of the bell.
  const near = Math.min(Math.abs(low - mean), Math.abs(high - mean));
  if (!(low < high) || ((mean < low || mean > high) && near > 4 * std)) {
    throw new ConvkitError(
      "truncNormal",
      `[${low}, ${high}] holds next to nothing of N(${mean}, ${std}²) — widen the interval`,
    );
  }
  return fill((random) => {
    for (;;) {
      const x = mean + std * random.normal();
      if (x >= low && x <= high) return x;
    }
  });
}

export function fans(shape: Shape): { fanIn: number; fanOut: number } {
  if (shape.length < 2) {
    throw new ConvkitError(
      "init",
      `fans are defined for weights of rank 2 or more, got ${formatShape(shape)} — use uniform or constant`,
    );
  }
  const field = sizeOf(shape.slice(2));
  return { fanIn: shape[1] * field, fanOut: shape[0] * field };
}

/** U(±gain·√(6/(fanIn + fanOut))).  Glorot and Bengio 2010. */
export const xavierUniform =
  ({ gain = 1 } = {}): Init =>
  (shape, random) => {
    const { fanIn, fanOut } = fans(shape);
    const bound = gain * Math.sqrt(6 / (fanIn + fanOut));
    return uniform(-bound, bound)(shape, random);
  };

/** N(0, gain²·2/(fanIn + fanOut)). */
export const xavierNormal =
  ({ gain = 1 } = {}): Init =>
  (shape, random) => {
    const { fanIn, fanOut } = fans(shape);
    return normal(0, gain * Math.sqrt(2 / (fanIn + fanOut)))(shape, random);
  };

export interface KaimingOptions {
  /** Slope below zero of the leaky ReLU that follows. */
  readonly a?: number;
  readonly mode?: "fanIn" | "fanOut";
  readonly nonlinearity?: "leakyRelu" | "relu" | "tanh" | "linear";
}

function kaimingStd(shape: Shape, options: KaimingOptions): number {
  const { a = 0, mode = "fanIn", nonlinearity = "leakyRelu" } = options;
  // Gains of torch.nn.init.calculate_gain.
  const gain = { leakyRelu: Math.sqrt(2 / (1 + a * a)), relu: Math.SQRT2, tanh: 5 / 3, linear: 1 };
  return gain[nonlinearity] / Math.sqrt(fans(shape)[mode]);
}

/** U(±gain·√(3/fan)).  He et al. 2015, arXiv:1502.01852. */
export const kaimingUniform =
  (options: KaimingOptions = {}): Init =>
  (shape, random) => {
    const bound = Math.sqrt(3) * kaimingStd(shape, options);
    return uniform(-bound, bound)(shape, random);
  };

/** N(0, gain²/fan). */
export const kaimingNormal =
  (options: KaimingOptions = {}): Init =>
  (shape, random) =>
    normal(0, kaimingStd(shape, options))(shape, random);

/** U(±√(3/fanIn)).  LeCun et al. 1998, "Efficient BackProp". */
export const lecunUniform = (): Init => kaimingUniform({ nonlinearity: "linear" });

/** N(0, 1/fanIn). */
export const lecunNormal = (): Init => kaimingNormal({ nonlinearity: "linear" });

/** PyTorch's initial weights of convolutions and linear layers: U(±1/√fanIn), written as Kaiming with a = √5. */
export const defaultWeight = (): Init => kaimingUniform({ a: Math.sqrt(5) });

/** PyTorch's initial biases: U(±1/√fanIn), with the fan of the weight beside them. */
export const defaultBias = (weightShape: Shape): Init => {
  const bound = 1 / Math.sqrt(fans(weightShape).fanIn);
  return uniform(-bound, bound);
};
