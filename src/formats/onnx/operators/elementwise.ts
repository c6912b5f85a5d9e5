/** ONNX operators over single elements: arithmetic, comparisons, activations, choices. */

import type { AnyOp } from "../../../graph/op.ts";
import type { Tensor } from "../../../graph/tensor.ts";
import { celu } from "../../../nn/activation/celu.ts";
import { elu } from "../../../nn/activation/elu.ts";
import { gelu } from "../../../nn/activation/gelu.ts";
import { hardSwish } from "../../../nn/activation/hard-swish.ts";
import { clip as between } from "../../../nn/activation/hard-tanh.ts";
import { leakyRelu } from "../../../nn/activation/leaky-relu.ts";
import { mish } from "../../../nn/activation/mish.ts";
import { selu } from "../../../nn/activation/selu.ts";
import { softplus } from "../../../nn/activation/softplus.ts";
import { softsign } from "../../../nn/activation/softsign.ts";
import { threshold } from "../../../nn/activation/threshold.ts";
import type { Module } from "../../../nn/module.ts";
import { power } from "../../../nn/power.ts";
import { dropout as dropoutLayer } from "../../../nn/regularization/dropout.ts";
import { ceil } from "../../../ops/ceil.ts";
import { erf } from "../../../ops/erf.ts";
import { floor } from "../../../ops/floor.ts";
import { not } from "../../../ops/not.ts";
import { or } from "../../../ops/or.ts";
import { round } from "../../../ops/round.ts";
import { cos, sin } from "../../../ops/sin.ts";
import type { Call, Operator } from "../call.ts";
import { knownType } from "../known.ts";
import { typeOfCode } from "../proto.ts";
import { elementwise as broadcast, mapValue } from "../value.ts";

const unary =
  (f: (x: Tensor, call: Call) => Tensor): Operator =>
  (call) =>
    mapValue(call.value(0), (x) => f(x, call));

const op = (which: string | AnyOp): Operator => unary((x, call) => call.apply(which, [x]));

/** A layer without states. */
const activation = (layer: (call: Call) => Module): Operator =>
  unary((x, call) => call.layer(layer(call), x));

const binary =
  (f: (a: Tensor, b: Tensor, call: Call) => Tensor): Operator =>
  (call) =>
    broadcast([call.value(0), call.value(1)], (a, b) => f(a, b, call));

const logical = (which: string | AnyOp): Operator =>
  binary((a, b, call) => call.apply(which, [a, b]));

/** Any number of operands. */
const variadic =
  (f: (a: Tensor, b: Tensor) => Tensor): Operator =>
  (call) =>
    call.values().reduce((a, b) => broadcast([a, b], f));

const mean: Operator = (call) =>
  mapValue(
    call.values().reduce((a, b) => broadcast([a, b], (x, y) => x.add(y))),
    (sum) => sum.div(call.node.inputs.length),
  );

/** 16-bit and 64-bit floats are computed as 32-bit ones. */
const cast: Operator = unary((x, call) => {
  const type = typeOfCode(call.number("to", 1));
  return type ? x.to(knownType(type)) : call.fail("casts to a type that is not supported");
});

/** min(max(x, low), high), bounds in that order: with low above high everything is high. */
const clip: Operator = (call) => {
  const x = call.value(0);
  const [low, high] = [bound(call, "min", 1), bound(call, "max", 2)];
  const above = low === undefined ? x : broadcast([x, low], (a, b) => a.maximum(b));
  return high === undefined ? above : broadcast([above, high], (a, b) => a.minimum(b));
};

/** Attributes before version 11. */
function bound(call: Call, attribute: string, input: number) {
  if (call.has(input)) return call.value(input);
  const value = call.number(attribute, Number.NaN);
  return Number.isNaN(value) ? undefined : { tensor: call.constant(value), inner: false };
}

/** Constant exponents as products and roots. */
const pow: Operator = (call) => {
  const known = call.knownAt(1);
  if (known?.data.length === 1 && known.shape.length <= call.shape(0).length) {
    return mapValue(call.value(0), (x) => power(x, Number(known.data[0])));
  }
  return broadcast([call.value(0), call.value(1)], (a, b) => a.pow(b.to(a.dtype)));
};

const hardSigmoid: Operator = unary((x, call) =>
  between(x.mul(call.number("alpha", 0.2)).add(call.number("beta", 0.5)), 0, 1),
);

/** The layer has the constants of the paper; with others it is a scaled ELU. */
const scaledElu: Operator = unary((x, call) => {
  const [alpha, gamma] = [call.number("alpha", 0), call.number("gamma", 0)];
  if (alpha === 0 && gamma === 0) return call.layer(selu(), x);
  return call.layer(elu(alpha), x).mul(gamma);
});

/** A ratio as attribute or, from version 12 on, as input. In evaluation all stays, and the mask of what stays is all true. */
const dropout: Operator = (call) => {
  const x = call.value(0);
  const p = call.opset >= 12 ? (call.numbers(1)?.[0] ?? 0.5) : call.number("ratio", 0.5);
  const kept = mapValue(x, (t) => call.layer(dropoutLayer(p), t));
  return [kept, mapValue(x, (t) => t.eq(t))];
};

const shrink: Operator = unary((x, call) => {
  const [lambd, bias] = [call.number("lambd", 0.5), call.number("bias", 0)];
  return x.lt(-lambd).where(x.add(bias), x.gt(lambd).where(x.sub(bias), 0));
});

export const elementwise: Readonly<Record<string, Operator>> = {
  Identity: (call) => call.value(0),
  Cast: cast,
  CastLike: (call) => mapValue(call.value(0), (x) => x.to(call.value(1).tensor.dtype)),
  Add: binary((a, b) => a.add(b)),
  Sub: binary((a, b) => a.sub(b)),
  Mul: binary((a, b) => a.mul(b)),
  Div: binary((a, b) => a.div(b)),
  Pow: pow,
  Sum: variadic((a, b) => a.add(b)),
  Mean: mean,
  Max: variadic((a, b) => a.maximum(b)),
  Min: variadic((a, b) => a.minimum(b)),
  Equal: binary((a, b) => a.eq(b)),
  Less: binary((a, b) => a.lt(b)),
  LessOrEqual: binary((a, b) => a.le(b)),
  Greater: binary((a, b) => a.gt(b)),
  GreaterOrEqual: binary((a, b) => a.ge(b)),
  And: logical("and"),
  Or: logical(or),
  Xor: binary((a, b) => a.to("i32").ne(b.to("i32"))),
  Not: op(not),
  Where: (call) =>
    broadcast(
      [0, 1, 2].map((i) => call.value(i)),
      (c, a, b) => c.where(a, b),
    ),
  Neg: unary((x) => x.neg()),
  Abs: unary((x) => x.abs()),
  Sign: op("sign"),
  Exp: unary((x) => x.exp()),
  Log: unary((x) => x.log()),
  Sqrt: unary((x) => x.sqrt()),
  Reciprocal: unary((x, call) => call.constant(1).div(x)),
  Floor: op(floor),
  Ceil: op(ceil),
  Round: op(round),
  Sin: op(sin),
  Cos: op(cos),
  Erf: op(erf),
  IsNaN: unary((x) => x.ne(x)),
  Clip: clip,
  Relu: op("relu"),
  LeakyRelu: activation((call) => leakyRelu(call.number("alpha", 0.01))),
  PRelu: (call) =>
    broadcast([call.value(0), { tensor: call.weight(1), inner: false }], (x, slope) =>
      x.gt(0).where(x, x.mul(slope)),
    ),
  ThresholdedRelu: activation((call) => threshold(call.number("alpha", 1), 0)),
  Elu: activation((call) => elu(call.number("alpha", 1))),
  Celu: activation((call) => celu(call.number("alpha", 1))),
  Selu: scaledElu,
  HardSigmoid: hardSigmoid,
  HardSwish: activation(() => hardSwish()),
  Swish: unary((x, call) => x.mul(call.apply("sigmoid", [x.mul(call.number("alpha", 1))]))),
  Mish: activation(() => mish()),
  Softsign: activation(() => softsign()),
  Softplus: activation(() => softplus()),
  Sigmoid: op("sigmoid"),
  Tanh: op("tanh"),
  Gelu: activation((call) =>
    gelu({ approximate: call.text("approximate", "none") as "none" | "tanh" }),
  ),
  Shrink: shrink,
  Dropout: dropout,
};
