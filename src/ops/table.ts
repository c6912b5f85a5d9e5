/**
 * Every op by name. `g` in the rules, the calls of the builder, the text form of graphs and the tests are all
 * made from this list. Each op constant is annotated: an inferred type would go round in a circle through `g`.
 */
import { abs } from "./abs.ts";
import { add } from "./add.ts";
import { and } from "./and.ts";
import { argmax } from "./argmax.ts";
import { argmin } from "./argmin.ts";
import { broadcastTo } from "./broadcast-to.ts";
import { cast } from "./cast.ts";
import { ceil } from "./ceil.ts";
import { clamp } from "./clamp.ts";
import { cos } from "./cos.ts";
import { customGradient } from "./custom-gradient.ts";
import { div } from "./div.ts";
import { dropout } from "./dropout.ts";
import { eq } from "./eq.ts";
import { erf } from "./erf.ts";
import { exp } from "./exp.ts";
import { flip } from "./flip.ts";
import { floor } from "./floor.ts";
import { ge } from "./ge.ts";
import { gelu } from "./gelu.ts";
import { gt } from "./gt.ts";
import { finite } from "./is-finite.ts";
import { le } from "./le.ts";
import { leakyRelu } from "./leaky-relu.ts";
import { log } from "./log.ts";
import { logSoftmax } from "./log-softmax.ts";
import { lt } from "./lt.ts";
import { max } from "./max.ts";
import { mean } from "./mean.ts";
import { min } from "./min.ts";
import { mul } from "./mul.ts";
import { ne } from "./ne.ts";
import { neg } from "./neg.ts";
import { not } from "./not.ts";
import { or } from "./or.ts";
import { pow } from "./pow.ts";
import { randomNormal } from "./random-normal.ts";
import { randomUniform } from "./random-uniform.ts";
import { reduceMax } from "./reduce-max.ts";
import { reduceMin } from "./reduce-min.ts";
import { relu } from "./relu.ts";
import { reshape } from "./reshape.ts";
import { round } from "./round.ts";
import { sigmoid } from "./sigmoid.ts";
import { sign } from "./sign.ts";
import { silu } from "./silu.ts";
import { sin } from "./sin.ts";
import { slice } from "./slice.ts";
import { softmax } from "./softmax.ts";
import { softplus } from "./softplus.ts";
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
  or,
  not,
  where,
  // Functions
  neg,
  abs,
  exp,
  log,
  sqrt,
  sign,
  floor,
  ceil,
  round,
  sin,
  cos,
  erf,
  isFinite: finite,
  cast,
  clamp,
  // Activations
  relu,
  leakyRelu,
  sigmoid,
  tanh,
  softplus,
  gelu,
  silu,
  // Reductions
  sum,
  mean,
  var: variance,
  reduceMax,
  reduceMin,
  argmax,
  argmin,
  softmax,
  logSoftmax,
  // Shape and movement
  reshape,
  broadcastTo,
  transpose,
  flip,
  slice,
  // Contractions, pooling, normalisation
  // Random numbers, gradient control
  randomUniform,
  randomNormal,
  dropout,
  stopGradient,
  customGradient,
} as const;
