/** ONNX's normalisations by the layers of that name. */
import type { Tensor } from "../../../src/graph/tensor.ts";
import * as nn from "../../../src/nn/index.ts";
import type { Call, Operator } from "../call.ts";
import { axisOf } from "./axes.ts";

const batchNormalization: Operator = (call) => {
  const given = call.tensor(0);
  const [n, c, ...size] = given.shape;
  // More than two axes of image count as one of rows.
  const x = given.reshape(n, c, -1, size[size.length - 1]);
  const momentum = call.number("momentum", 0.9);
  const layer = nn.batchNorm2d({ eps: call.number("epsilon", 1e-5), momentum: 1 - momentum });
  const states = new Map([
    ["weight", call.known(1)],
    ["bias", call.known(2)],
    ["running_mean", call.known(3)],
    ["running_var", call.known(4)],
  ]);
  const training = call.number("training_mode", 0) === 1;
  const y = layer.call(x, { training }).reshape(...given.shape);
  nn.loadStateDict(layer, states);
  if (!training) return y;
  const after = (name: string) => {
    const [, { parameter }] = nn.namedStates(layer).find(([own]) => own === name) as NamedState;
    return x.builder.state(parameter);
  };
  // ONNX's running variance is of the biased variance, PyTorch's of the unbiased one: Δ·(M − 1)/M.
  const values = given.size / c;
  const old = call.tensor(4).mul(momentum);
  const share = after("running_var").sub(old);
  return [y, after("running_mean"), old.add(share.mul((values - 1) / values))];
};

type NamedState = [string, nn.OwnState];

/** Also gives the mean and 1/√(σ² + ε), which the layer keeps to itself. */
const layerNormalization: Operator = (call) => {
  const x = call.tensor(0);
  const axis = axisOf(call.number("axis", -1), x.rank);
  const axes = x.rank - axis;
  const eps = call.number("epsilon", 1e-5);
  // The layer keeps its first axis for the examples: a tensor normalised as a whole is one example.
  const layer = nn.layerNorm({ axes, eps });
  const states = { weight: call.known(1), bias: call.known(2) };
  const y = call.layer(layer, x.reshape(1, ...x.shape), states).reshape(...x.shape);
  const over = x.shape.map((_, i) => i).slice(axis);
  const deviation = x.var(over, true).add(eps).sqrt();
  return [y, x.mean(over, true), one(call).div(deviation)];
};

/** Factor and shift for each channel; before version 21 for each group. */
const groupNormalization: Operator = (call) => {
  if (call.opset < 21) throw new Error("GroupNormalization with a factor for each group");
  const layer = nn.groupNorm(call.number("num_groups", 1), { eps: call.number("epsilon", 1e-5) });
  return call.layer(layer, call.tensor(0), { weight: call.known(1), bias: call.known(2) });
};

const instanceNormalization: Operator = (call) => {
  const options = { eps: call.number("epsilon", 1e-5), affine: true };
  const x = call.tensor(0);
  const layer = x.rank === 3 ? nn.instanceNorm1d(options) : nn.instanceNorm2d(options);
  return call.layer(layer, x, { weight: call.known(1), bias: call.known(2) });
};

/** The layer and ONNX place the extra channel of an even number on different sides. */
const localResponse: Operator = (call) => {
  const size = call.number("size", 1);
  if (size % 2 === 0) throw new Error(`LRN over ${size} channels`);
  const layer = nn.localResponseNorm(size, {
    alpha: call.number("alpha", 1e-4),
    beta: call.number("beta", 0.75),
    k: call.number("bias", 1),
  });
  return call.layer(layer, call.tensor(0));
};

const one = (call: Call): Tensor => call.table([], [1]);

export const normalization: Readonly<Record<string, Operator>> = {
  BatchNormalization: batchNormalization,
  LayerNormalization: layerNormalization,
  GroupNormalization: groupNormalization,
  InstanceNormalization: instanceNormalization,
  LRN: localResponse,
};
