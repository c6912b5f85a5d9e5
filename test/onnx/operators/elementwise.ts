/** ONNX operators over single elements: arithmetic, activations, choices. */
import type { Tensor } from "../../../src/graph/tensor.ts";
import * as nn from "../../../src/nn/index.ts";
import type { Call, Operator } from "../call.ts";

const binary =
  (op: (a: Tensor, b: Tensor) => Tensor): Operator =>
  (call) =>
    op(call.tensor(0), call.tensor(1));

/** A layer without states. */
const activation =
  (layer: (call: Call) => nn.Module): Operator =>
  (call) =>
    call.layer(layer(call), call.tensor(0));

const cast: Operator = (call) => {
  const to = { 1: "f32", 6: "i32", 7: "i32", 9: "bool", 11: "f64" } as const;
  return call.tensor(0).to(to[call.number("to", 1) as keyof typeof to]);
};

/** min(max(x, low), high), bounds in that order: with low above high everything is high. */
const clip: Operator = (call) => {
  const bound = (input: number, otherwise: number) =>
    call.has(input) ? call.tensor(input) : otherwise;
  const x = call.tensor(0);
  return x.maximum(bound(1, Number.NEGATIVE_INFINITY)).minimum(bound(2, Number.POSITIVE_INFINITY));
};

/** The layer is α = 1/6, β = ½; others are its straight lines through hardTanh. */
const hardSigmoid: Operator = (call) => {
  const [alpha, beta] = [call.number("alpha", 0.2), call.number("beta", 0.5)];
  return call.layer(nn.hardTanh(0, 1), call.tensor(0).mul(alpha).add(beta));
};

/** The layer has the constants of the paper; with others it is a scaled ELU. */
const selu: Operator = (call) => {
  const [alpha, gamma] = [call.number("alpha", 0), call.number("gamma", 0)];
  if (alpha === 0 && gamma === 0) return call.layer(nn.selu(), call.tensor(0));
  return call.layer(nn.elu(alpha), call.tensor(0)).mul(gamma);
};

/** In inference all stays; the mask of what stays is all true. */
const dropout: Operator = (call) => {
  const x = call.tensor(0);
  return [call.layer(nn.dropout(), x), x.eq(x)].slice(0, call.results);
};

export const elementwise: Readonly<Record<string, Operator>> = {
  Sub: binary((a, b) => a.sub(b)),
  Mul: binary((a, b) => a.mul(b)),
  Div: binary((a, b) => a.div(b)),
  Neg: (call) => call.tensor(0).neg(),
  Where: (call) => call.tensor(0).where(call.tensor(1), call.tensor(2)),
  Cast: cast,
  Clip: clip,
  Relu: activation(() => nn.relu()),
  LeakyRelu: activation((call) => nn.leakyRelu(call.number("alpha", 0.01))),
  ThresholdedRelu: activation((call) => nn.threshold(call.number("alpha", 1), 0)),
  Elu: activation((call) => nn.elu(call.number("alpha", 1))),
  Celu: activation((call) => nn.celu(call.number("alpha", 1))),
  Selu: selu,
  HardSigmoid: hardSigmoid,
  HardSwish: activation(() => nn.hardSwish()),
  Mish: activation(() => nn.mish()),
  Softsign: activation(() => nn.softsign()),
  Dropout: dropout,
  Sigmoid: activation(() => nn.sigmoid()),
  Tanh: activation(() => nn.tanh()),
  Softplus: activation(() => nn.softplus()),
  Gelu: activation((call) =>
    nn.gelu({ approximate: call.text("approximate", "none") as "none" | "tanh" }),
  ),
};
