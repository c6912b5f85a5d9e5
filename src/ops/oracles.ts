/** The meaning of every op in doubles, by name: what the reference backend runs and the tests compare with. */
import type { Oracle } from "../graph/op.ts";
import { absOracle } from "./abs.ts";
import { addOracle } from "./add.ts";
import { andOracle } from "./and.ts";
import { argmaxOracle } from "./argmax.ts";
import { argminOracle } from "./argmin.ts";
import { broadcastToOracle } from "./broadcast-to.ts";
import { castOracle } from "./cast.ts";
import { ceilOracle } from "./ceil.ts";
import { clampOracle } from "./clamp.ts";
import { cosOracle } from "./cos.ts";
import { customGradientOracle } from "./custom-gradient.ts";
import { divOracle } from "./div.ts";
import { dropoutOracle } from "./dropout.ts";
import { eqOracle } from "./eq.ts";
import { erfOracle } from "./erf.ts";
import { expOracle } from "./exp.ts";
import { flipOracle } from "./flip.ts";
import { floorOracle } from "./floor.ts";
import { geOracle } from "./ge.ts";
import { geluOracle } from "./gelu.ts";
import { gtOracle } from "./gt.ts";
import { isFiniteOracle } from "./is-finite.ts";
import { leOracle } from "./le.ts";
import { leakyReluOracle } from "./leaky-relu.ts";
import { logOracle } from "./log.ts";
import { logSoftmaxOracle } from "./log-softmax.ts";
import { ltOracle } from "./lt.ts";
import { maxOracle } from "./max.ts";
import { meanOracle } from "./mean.ts";
import { minOracle } from "./min.ts";
import { mulOracle } from "./mul.ts";
import { neOracle } from "./ne.ts";
import { negOracle } from "./neg.ts";
import { notOracle } from "./not.ts";
import { orOracle } from "./or.ts";
import { powOracle } from "./pow.ts";
import { randomNormalOracle } from "./random-normal.ts";
import { randomUniformOracle } from "./random-uniform.ts";
import { reduceMaxOracle } from "./reduce-max.ts";
import { reduceMinOracle } from "./reduce-min.ts";
import { reluOracle } from "./relu.ts";
import { reshapeOracle } from "./reshape.ts";
import { roundOracle } from "./round.ts";
import { sigmoidOracle } from "./sigmoid.ts";
import { signOracle } from "./sign.ts";
import { siluOracle } from "./silu.ts";
import { sinOracle } from "./sin.ts";
import { sliceOracle } from "./slice.ts";
import { softmaxOracle } from "./softmax.ts";
import { softplusOracle } from "./softplus.ts";
import { sqrtOracle } from "./sqrt.ts";
import { stopGradientOracle } from "./stop-gradient.ts";
import { subOracle } from "./sub.ts";
import { sumOracle } from "./sum.ts";
import type { table } from "./table.ts";
import { tanhOracle } from "./tanh.ts";
import { transposeOracle } from "./transpose.ts";
import { varOracle } from "./var.ts";
import { whereOracle } from "./where.ts";

// biome-ignore lint/suspicious/noExplicitAny: oracles of every attribute type, as in OpTable.
export type OracleTable = Readonly<Record<string, Oracle<any>>>;

export const oracles = {
  abs: absOracle,
  add: addOracle,
  and: andOracle,
  argmax: argmaxOracle,
  argmin: argminOracle,
  broadcastTo: broadcastToOracle,
  cast: castOracle,
  ceil: ceilOracle,
  clamp: clampOracle,
  cos: cosOracle,
  customGradient: customGradientOracle,
  div: divOracle,
  dropout: dropoutOracle,
  eq: eqOracle,
  erf: erfOracle,
  exp: expOracle,
  flip: flipOracle,
  floor: floorOracle,
  ge: geOracle,
  gelu: geluOracle,
  gt: gtOracle,
  isFinite: isFiniteOracle,
  le: leOracle,
  leakyRelu: leakyReluOracle,
  log: logOracle,
  logSoftmax: logSoftmaxOracle,
  lt: ltOracle,
  max: maxOracle,
  mean: meanOracle,
  min: minOracle,
  mul: mulOracle,
  ne: neOracle,
  neg: negOracle,
  not: notOracle,
  or: orOracle,
  pow: powOracle,
  randomNormal: randomNormalOracle,
  randomUniform: randomUniformOracle,
  reduceMax: reduceMaxOracle,
  reduceMin: reduceMinOracle,
  relu: reluOracle,
  reshape: reshapeOracle,
  round: roundOracle,
  sigmoid: sigmoidOracle,
  sign: signOracle,
  silu: siluOracle,
  sin: sinOracle,
  slice: sliceOracle,
  softmax: softmaxOracle,
  softplus: softplusOracle,
  sqrt: sqrtOracle,
  stopGradient: stopGradientOracle,
  sub: subOracle,
  sum: sumOracle,
  tanh: tanhOracle,
  transpose: transposeOracle,
  var: varOracle,
  where: whereOracle,
} satisfies Partial<Record<keyof typeof table, OracleTable[string]>>;
