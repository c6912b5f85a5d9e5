/**
 * By how much weights must be larger so that values keep their spread through a nonlinearity; the numbers of
 * torch.nn.init.calculate_gain:
 *
 *     linear, convolutions, sigmoid 1;  tanh 5/3;  relu √2;  leakyRelu √(2/(1 + a²));  selu 3/4
 */
import { ConvkitError } from "../../core/error.ts";

/** A convolution is as linear as a linear layer. */
export type Nonlinearity =
  | "linear"
  | `conv${1 | 2 | 3}d`
  | `convTranspose${1 | 2 | 3}d`
  | "sigmoid"
  | "tanh"
  | "relu"
  | "leakyRelu"
  | "selu";

/** `a` is the slope below zero of the leaky ReLU. */
export function calculateGain(nonlinearity: Nonlinearity, a = 0.01): number {
  const kind = nonlinearity.replace(/^conv(Transpose)?[123]d$|^sigmoid$/, "linear");
  const gains: Readonly<Record<string, number>> = {
    linear: 1,
    tanh: 5 / 3,
    relu: Math.SQRT2,
    leakyRelu: Math.sqrt(2 / (1 + a * a)),
    selu: 3 / 4,
  };
  if (Object.hasOwn(gains, kind)) return gains[kind];
  throw new ConvkitError(
    "init",
    `no gain is known of "${nonlinearity}" — there are ${Object.keys(gains).join(", ")}, sigmoid and the convolutions`,
  );
}
