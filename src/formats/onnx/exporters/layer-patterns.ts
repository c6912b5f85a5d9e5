/** Layers that are an operator in ONNX and a formula here, and the biases that ONNX's operators take. */
import type { Node } from "../../../graph/node.ts";
import type { Tensor } from "../../../graph/tensor.ts";
import { localResponse } from "../../../nn/normalization/local-response-norm.ts";
import {
  normalizeWith,
  positionAxes,
  scaleChannels,
  standardize,
} from "../../../nn/normalization/standardize.ts";
import { pixelShuffle } from "../../../nn/resampling/pixel-shuffle.ts";
import { contractions } from "./contractions.ts";
import { type Emission, float, int, ints, string } from "./emission.ts";
import type { Pattern } from "./exporter.ts";
import { gatherPlaces, gatherRows } from "./movement.ts";
import { resizePlane } from "./resize.ts";
import { type Placeholders, patternOf, type Template } from "./template.ts";

/** A convolution and one number a channel. */
const convolutionWithBias: Pattern = ({ op, inputs: [y, b] }) => {
  if (op !== "add" || (y.op !== "conv2d" && y.op !== "convTranspose2d")) return undefined;
  const isBias = b.op === "reshape" && !b.batched && String(b.shape) === `${y.shape[1]},1,1`;
  const [values] = b.inputs;
  if (!isBias || values.shape.length !== 1) return undefined;
  const write = contractions[y.op];
  return { inputs: [...y.inputs, values], write: (e, inputs) => write(e, y, inputs) };
};

const isTurned = ({ op, attrs }: Node): boolean =>
  op === "transpose" && String(attrs.axes) === "1,0";

/** A linear layer over rows, its weights out×in or turned, and one number a feature. */
const linearRows: Pattern = (node) => {
  if (node.shape.length !== 2) return undefined;
  const [y, ...bias] = node.op === "add" ? node.inputs : [node];
  const isBias = bias.every((b) => !b.batched && String(b.shape) === String([node.shape[1]]));
  if (y.op !== "linear" || !isBias) return undefined;
  const [x, w] = y.inputs;
  const transB = int(Number(!isTurned(w)));
  return {
    inputs: [x, isTurned(w) ? w.inputs[0] : w, ...bias],
    write: (e, inputs) => e.emit("Gemm", inputs, { transB }),
  };
};

/** A linear layer over tokens whose weights are turned: those of the product as ONNX has it. */
const linearTokens: Pattern = ({ op, inputs: [x, w], shape }) => {
  if (op !== "linear" || shape.length === 2 || !isTurned(w)) return undefined;
  return { inputs: [x, w.inputs[0]], write: (e, inputs) => e.emit("MatMul", inputs) };
};

/** A placeholder of one value for each channel. */
const channels = (p: Placeholders, name: string, { shape, dtype }: Node): Tensor =>
  p.tensor(name, { shape: [shape[1]], dtype, batched: false });

const batchNorm: Template = {
  last: "add",
  formula: (p, node) => {
    if (node.shape.length < 2) return undefined;
    const of = (name: string) => channels(p, name, node);
    const given = {
      gamma: of("gamma"),
      beta: of("beta"),
      mean: of("mean"),
      variance: of("variance"),
    };
    return normalizeWith(p.tensor("x", node), given, p.number("eps"));
  },
  write: (e, { x, gamma, beta, mean, variance }, { eps }) =>
    e.emit("BatchNormalization", [x, gamma, beta, mean, variance], { epsilon: float(eps) }),
};

/** (x − μ)/√(σ² + ε) over the axes that `axesOf` names, alone or with a factor and a shift for each channel. */
function standardized(
  axesOf: (x: Tensor) => readonly number[],
  rank: (rank: number) => boolean,
  operator: (e: Emission, inputs: readonly string[], eps: number) => string,
): Template[] {
  const bare = (p: Placeholders, node: Node) => {
    const x = p.tensor("x", node);
    return standardize(x, axesOf(x), p.number("eps"));
  };
  return [
    {
      last: "add",
      formula: (p, node) =>
        rank(node.shape.length)
          ? scaleChannels(bare(p, node), channels(p, "gamma", node), channels(p, "beta", node))
          : undefined,
      write: (e, { x, gamma, beta }, { eps }) => operator(e, [x, gamma, beta], eps),
    },
    {
      last: "mul",
      formula: (p, node) => (rank(node.shape.length) ? bare(p, node) : undefined),
      write: (e, { x }, { eps }, { shape: [, size] }) =>
        operator(e, [x, e.filled(1, [size], "f32"), e.filled(0, [size], "f32")], eps),
    },
  ];
}

const instanceNorm = /* @__PURE__ */ standardized(
  positionAxes,
  (rank) => rank >= 3,
  (e, inputs, eps) => e.emit("InstanceNormalization", inputs, { epsilon: float(eps) }),
);

/** Over the channels of images, which ONNX normalises as the last axis only. */
const layerNorm2d = /* @__PURE__ */ standardized(
  () => [1],
  (rank) => rank === 4,
  (e, [x, gamma, beta], eps) => {
    const last = e.emit("Transpose", [x], { perm: ints([0, 2, 3, 1]) });
    const attributes = { axis: int(-1), epsilon: float(eps) };
    const y = e.emit("LayerNormalization", [last, gamma, beta], attributes);
    return e.emit("Transpose", [y], { perm: ints([0, 3, 1, 2]) });
  },
);

/** The exponent of the paper, and an odd number of channels: of an even one ONNX has the extra channel behind. */
const localResponseNorm: Template = {
  last: "div",
  formula: (p, node) => {
    const size = neighboursOf(node);
    if (size === undefined || size % 2 === 0) return undefined;
    return localResponse(p.tensor("x", node), size, p.number("share"), p.number("k"), 0.75);
  },
  write: (e, { x }, { share, k }, node) => {
    const size = neighboursOf(node) as number;
    return e.emit("LRN", [x], {
      size: int(size),
      alpha: float(share * size),
      beta: float(0.75),
      bias: float(k),
    });
  },
};

/** How many slices of a padded tensor are added up above this node. */
function neighboursOf(node: Node): number | undefined {
  let at: Node | undefined = node.inputs[1];
  while (at && at.op !== "pad") at = at.inputs[0];
  const { before, after } = at?.attrs ?? {};
  if (!Array.isArray(before) || !Array.isArray(after) || before.length < 2) return undefined;
  return before[1] + after[1] + 1;
}

const depthToSpace: Template = {
  last: "reshape",
  formula: (p, node) => {
    const [x] = node.inputs[0].inputs[0]?.inputs ?? [];
    if (x?.shape.length !== 4 || node.shape.length !== 4) return undefined;
    const factor = node.shape[2] / x.shape[2];
    if (!Number.isInteger(factor) || x.shape[1] % factor ** 2 !== 0) return undefined;
    return pixelShuffle(factor).forward(p.tensor("x", x));
  },
  write: (e, { x }, _numbers, node) => {
    const [from] = node.inputs[0].inputs[0].inputs;
    const blocksize = int(node.shape[2] / from.shape[2]);
    return e.emit("DepthToSpace", [x], { blocksize, mode: string("CRD") });
  },
};

const templates = [batchNorm, ...instanceNorm, ...layerNorm2d, localResponseNorm, depthToSpace];

export const layerPatterns: readonly Pattern[] = [
  convolutionWithBias,
  linearRows,
  linearTokens,
  resizePlane,
  gatherPlaces,
  gatherRows,
  .../* @__PURE__ */ templates.map(patternOf),
];
