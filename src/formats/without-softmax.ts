/** Scores in place of probabilities: what training wants of a network whose file ends in a softmax. */
import type { Tensor } from "../graph/tensor.ts";

/** `y`, or what went into the softmax (or its logarithm) that `y` is, whatever reshaped it since. */
export function withoutSoftmax(y: Tensor): Tensor {
  const { node, builder } = y;
  const [input] = node.inputs;
  if (node.op === "softmax" || node.op === "logSoftmax") return builder.wrap(input);
  if (node.op !== "reshape") return y;
  const before = withoutSoftmax(builder.wrap(input));
  return before.node === input ? y : before.reshape(...y.shape);
}

/** Whether `y` is probabilities: a softmax, whatever reshaped it since. */
export function isSoftmax({ node, builder }: Tensor): boolean {
  if (node.op === "reshape") return isSoftmax(builder.wrap(node.inputs[0]));
  return node.op === "softmax";
}
