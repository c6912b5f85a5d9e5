/** Activations that are an operator in ONNX and a formula here. */
import { eluOf } from "../../../nn/activation/elu.ts";
import { hardSigmoid } from "../../../nn/activation/hard-sigmoid.ts";
import { hardSwish } from "../../../nn/activation/hard-swish.ts";
import { clip } from "../../../nn/activation/hard-tanh.ts";
import { mish } from "../../../nn/activation/mish.ts";
import { selu } from "../../../nn/activation/selu.ts";
import { softsign } from "../../../nn/activation/softsign.ts";
import { float } from "./emission.ts";
import type { Pattern } from "./exporter.ts";
import { patternOf, type Template } from "./template.ts";

const rectifiers: Template = {
  last: "where",
  formula: (p, node) => {
    const slope = node.inputs[2].inputs[1];
    if (node.inputs[2].op !== "mul" || slope.batched) return undefined;
    const x = p.tensor("x", node);
    const isConstant = slope.op === "constant";
    return x.gt(0).where(x, x.mul(isConstant ? p.number("slope") : p.tensor("slope", slope)));
  },
  write: (e, { x, slope }, numbers) =>
    slope === undefined
      ? e.emit("LeakyRelu", [x], { alpha: float(numbers.slope) })
      : e.emit("PRelu", [x, slope]),
};

const writeClip: Template["write"] = (e, { x }, { low, high }) =>
  e.emit("Clip", [x, e.scalar(low, "f32"), e.scalar(high, "f32")]);

const templates: readonly Template[] = [
  {
    last: "div",
    formula: (p, node) => hardSwish().forward(p.tensor("x", node)),
    write: (e, { x }) => e.emit("HardSwish", [x]),
  },
  {
    last: "div",
    formula: (p, node) => hardSigmoid().forward(p.tensor("x", node)),
    write: (e, { x }) => e.emit("HardSigmoid", [x], { alpha: float(1 / 6), beta: float(0.5) }),
  },
  {
    last: "where",
    formula: (p, node) => clip(p.tensor("x", node), p.number("low"), p.number("high")),
    write: writeClip,
  },
  {
    last: "min",
    formula: (p, node) => p.tensor("x", node).maximum(p.number("low")).minimum(p.number("high")),
    write: writeClip,
  },
  {
    last: "where",
    formula: (p, node) => eluOf(p.tensor("x", node), p.number("alpha")),
    write: (e, { x }, { alpha }) => e.emit("Elu", [x], { alpha: float(alpha) }),
  },
  {
    last: "where",
    formula: (p, node) => {
      const alpha = p.number("alpha");
      return eluOf(p.tensor("x", node), alpha, alpha);
    },
    write: (e, { x }, { alpha }) => e.emit("Celu", [x], { alpha: float(alpha) }),
  },
  {
    last: "mul",
    formula: (p, node) => selu().forward(p.tensor("x", node)),
    write: (e, { x }) => e.emit("Selu", [x]),
  },
  {
    last: "mul",
    formula: (p, node) => mish().forward(p.tensor("x", node)),
    write: (e, { x }) => e.emit("Mish", [x]),
  },
  {
    last: "div",
    formula: (p, node) => softsign().forward(p.tensor("x", node)),
    write: (e, { x }) => e.emit("Softsign", [x]),
  },
  rectifiers,
];

export const activationPatterns: readonly Pattern[] = /* @__PURE__ */ templates.map(patternOf);
