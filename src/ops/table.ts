/**
 * The ops that the engine itself speaks, by name: what the rules of other ops, the arithmetic of tensors, losses and
 * optimisers are written in, and so what every bundle holds. All others are in `library.ts`. `g` in the rules is
 * made from this list. Each op constant is annotated: an inferred type would go round in a circle through `g`.
 */
import { abs } from "./abs.ts";
import { add } from "./add.ts";
import { and } from "./and.ts";
import { argmax } from "./argmax.ts";
import { broadcastTo } from "./broadcast-to.ts";
import { cast } from "./cast.ts";
import { clamp } from "./clamp.ts";
import { concat } from "./concat.ts";
import { conv2d } from "./conv2d.ts";
import { conv2dInputGrad } from "./conv2d-input-grad.ts";
import { conv2dWeightGrad } from "./conv2d-weight-grad.ts";
import { customGradient } from "./custom-gradient.ts";
import { div } from "./div.ts";
import { eq } from "./eq.ts";
import { exp } from "./exp.ts";
import { flip } from "./flip.ts";
import { ge } from "./ge.ts";
import { gt } from "./gt.ts";
import { finite } from "./is-finite.ts";
import { le } from "./le.ts";
import { linear } from "./linear.ts";
import { log } from "./log.ts";
import { logSoftmax } from "./log-softmax.ts";
import { lt } from "./lt.ts";
import { matmul } from "./matmul.ts";
import { max } from "./max.ts";
import { maxPool2d } from "./max-pool2d.ts";
import { maxPool2dGrad } from "./max-pool2d-grad.ts";
import { maxPool2dIndices } from "./max-pool2d-indices.ts";
import { maxPool2dTake } from "./max-pool2d-take.ts";
import { mean } from "./mean.ts";
import { min } from "./min.ts";
import { mul } from "./mul.ts";
import { ne } from "./ne.ts";
import { neg } from "./neg.ts";
import { oneHot } from "./one-hot.ts";
import { pad } from "./pad.ts";
import { pow } from "./pow.ts";
import { reduceMax } from "./reduce-max.ts";
import { relu } from "./relu.ts";
import { reshape } from "./reshape.ts";
import { sigmoid } from "./sigmoid.ts";
import { sign } from "./sign.ts";
import { slice } from "./slice.ts";
import { softmax } from "./softmax.ts";
import { sqrt } from "./sqrt.ts";
import { stopGradient } from "./stop-gradient.ts";
import { sub } from "./sub.ts";
import { sum } from "./sum.ts";
import { tanh } from "./tanh.ts";
import { transpose } from "./transpose.ts";
import { variance } from "./var.ts";
import { where } from "./where.ts";

export const table = {
  // Arithmetic
  add,
  sub,
  mul,
  div,
  pow,
  max,
  min,
  // Comparison and logic
  lt,
  le,
  gt,
  ge,
  eq,
  ne,
  and,
  where,
  // Functions
  neg,
  abs,
  exp,
  log,
  sqrt,
  sign,
  isFinite: finite,
  cast,
  clamp,
  // Activations
  relu,
  sigmoid,
  tanh,
  // Reductions
  sum,
  mean,
  var: variance,
  reduceMax,
  argmax,
  softmax,
  logSoftmax,
  // Shape and movement
  reshape,
  broadcastTo,
  transpose,
  flip,
  slice,
  concat,
  pad,
  oneHot,
  // Contractions, pooling, normalisation
  conv2d,
  conv2dInputGrad,
  conv2dWeightGrad,
  matmul,
  linear,
  maxPool2d,
  maxPool2dIndices,
  maxPool2dGrad,
  maxPool2dTake,
  // Gradient control
  stopGradient,
  customGradient,
} as const;
