/** Ops on elements at the same place. */
import type { CastAttrs } from "../../../ops/cast.ts";
import type { ClampAttrs } from "../../../ops/clamp.ts";
import type { GeluAttrs } from "../../../ops/gelu.ts";
import type { LeakyReluAttrs } from "../../../ops/leaky-relu.ts";
import { DATA_TYPES } from "../proto.ts";
import { type Emission, float, int, onnxType, string } from "./emission.ts";
import { attrsOf, type Exporter } from "./exporter.ts";

/** An operator of the same inputs, without attributes. */
const as =
  (opType: string): Exporter =>
  (e, _node, inputs) =>
    e.emit(opType, inputs);

const silu: Exporter = (e, _node, [x]) => e.emit("Mul", [x, e.emit("Sigmoid", [x])]);

/** An operator since version 20; before, ½·x·(1 + erf(x/√2)) or ½·x·(1 + tanh(√(2/π)·(x + 0.044715·x³))). */
const gelu: Exporter = (e, node, [x]) => {
  const { approximate } = attrsOf<GeluAttrs>(node);
  if (e.opset >= 20) return e.emit("Gelu", [x], { approximate: string(approximate) });
  const number = (value: number) => e.scalar(value, node.dtype);
  const inner =
    approximate === "none"
      ? e.emit("Erf", [e.emit("Mul", [x, number(Math.SQRT1_2)])])
      : e.emit("Tanh", [tanhArgument(e, x, number)]);
  const half = e.emit("Mul", [x, number(0.5)]);
  return e.emit("Mul", [half, e.emit("Add", [inner, number(1)])]);
};

function tanhArgument(e: Emission, x: string, number: (value: number) => string): string {
  const cube = e.emit("Mul", [e.emit("Mul", [x, x]), x]);
  const sum = e.emit("Add", [x, e.emit("Mul", [cube, number(0.044715)])]);
  return e.emit("Mul", [sum, number(Math.sqrt(2 / Math.PI))]);
}

const leakyRelu: Exporter = (e, node, inputs) =>
  e.emit("LeakyRelu", inputs, { alpha: float(attrsOf<LeakyReluAttrs>(node).negativeSlope) });

const clamp: Exporter = (e, node, [x]) => {
  const { min, max } = attrsOf<ClampAttrs>(node);
  const bounds = [min, max].map((bound) => (bound === null ? "" : e.scalar(bound, node.dtype)));
  return e.emit("Clip", [x, ...(max === null ? bounds.slice(0, 1) : bounds)]);
};

const cast: Exporter = (e, node, inputs) =>
  e.emit("Cast", inputs, { to: int(DATA_TYPES[onnxType(attrsOf<CastAttrs>(node).dtype)]) });

const ne: Exporter = (e, _node, inputs) => e.emit("Not", [e.emit("Equal", inputs)]);

const finite: Exporter = (e, _node, inputs) =>
  e.emit("Not", [e.emit("Or", [e.emit("IsInf", inputs), e.emit("IsNaN", inputs)])]);

export const elementwise = {
  add: as("Add"),
  sub: as("Sub"),
  mul: as("Mul"),
  div: as("Div"),
  pow: as("Pow"),
  max: as("Max"),
  min: as("Min"),
  lt: as("Less"),
  le: as("LessOrEqual"),
  gt: as("Greater"),
  ge: as("GreaterOrEqual"),
  eq: as("Equal"),
  ne,
  and: as("And"),
  or: as("Or"),
  not: as("Not"),
  where: as("Where"),
  neg: as("Neg"),
  abs: as("Abs"),
  exp: as("Exp"),
  log: as("Log"),
  sqrt: as("Sqrt"),
  sign: as("Sign"),
  floor: as("Floor"),
  ceil: as("Ceil"),
  round: as("Round"),
  sin: as("Sin"),
  cos: as("Cos"),
  erf: as("Erf"),
  relu: as("Relu"),
  sigmoid: as("Sigmoid"),
  tanh: as("Tanh"),
  softplus: as("Softplus"),
  silu,
  gelu,
  leakyRelu,
  clamp,
  cast,
  isFinite: finite,
} as const satisfies Record<string, Exporter>;
