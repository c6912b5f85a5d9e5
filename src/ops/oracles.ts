/** The meaning of every op in doubles, by name: what the reference backend runs and the tests compare with. */
import type { Oracle } from "../graph/op.ts";
import { absOracle } from "./abs.ts";
import { addOracle } from "./add.ts";
import { andOracle } from "./and.ts";
import { argmaxOracle } from "./argmax.ts";
import { argminOracle } from "./argmin.ts";
import { avgPool2dGradOracle, avgPool2dOracle } from "./avg-pool2d.ts";
import { batchNormOracle } from "./batch-norm.ts";
import { broadcastToOracle } from "./broadcast-to.ts";
import { castOracle } from "./cast.ts";
import { ceilOracle } from "./ceil.ts";
import { clampOracle } from "./clamp.ts";
import { concatOracle } from "./concat.ts";
import { convTranspose2dOracle } from "./conv-transpose2d.ts";
import { conv2dOracle } from "./conv2d.ts";
import { conv2dInputGradOracle } from "./conv2d-input-grad.ts";
import { conv2dWeightGradOracle } from "./conv2d-weight-grad.ts";
import { cumsumOracle } from "./cumsum.ts";
import { customGradientOracle } from "./custom-gradient.ts";
import { divOracle } from "./div.ts";
import { dropoutOracle } from "./dropout.ts";
import { eqOracle } from "./eq.ts";
import { erfOracle } from "./erf.ts";
import { expOracle } from "./exp.ts";
import { flipOracle } from "./flip.ts";
import { floorOracle } from "./floor.ts";
import { gatherOracle, scatterAddOracle } from "./gather.ts";
import { geOracle } from "./ge.ts";
import { geluOracle } from "./gelu.ts";
import { gtOracle } from "./gt.ts";
import { interpolateGradOracle, interpolateOracle } from "./interpolate.ts";
import { iotaOracle } from "./iota.ts";
import { isFiniteOracle } from "./is-finite.ts";
import { layerNormOracle } from "./layer-norm.ts";
import { leOracle } from "./le.ts";
import { leakyReluOracle } from "./leaky-relu.ts";
import type { allOps } from "./library.ts";
import { linearOracle } from "./linear.ts";
import { logOracle } from "./log.ts";
import { logSoftmaxOracle } from "./log-softmax.ts";
import { ltOracle } from "./lt.ts";
import { matmulOracle } from "./matmul.ts";
import { maxOracle } from "./max.ts";
import { maxPool2dOracle } from "./max-pool2d.ts";
import { maxPool2dGradOracle } from "./max-pool2d-grad.ts";
import { maxPool2dIndicesOracle } from "./max-pool2d-indices.ts";
import { maxPool2dTakeOracle } from "./max-pool2d-take.ts";
import { meanOracle } from "./mean.ts";
import { minOracle } from "./min.ts";
import { mulOracle } from "./mul.ts";
import { neOracle } from "./ne.ts";
import { negOracle } from "./neg.ts";
import { notOracle } from "./not.ts";
import { oneHotOracle } from "./one-hot.ts";
import { orOracle } from "./or.ts";
import { padOracle } from "./pad.ts";
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
import { cosOracle, sinOracle } from "./sin.ts";
import { sliceOracle } from "./slice.ts";
import { softmaxOracle } from "./softmax.ts";
import { softplusOracle } from "./softplus.ts";
import { sortOracle } from "./sort.ts";
import { sqrtOracle } from "./sqrt.ts";
import { stopGradientOracle } from "./stop-gradient.ts";
import { subOracle } from "./sub.ts";
import { sumOracle } from "./sum.ts";
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
  avgPool2d: avgPool2dOracle,
  avgPool2dGrad: avgPool2dGradOracle,
  batchNorm: batchNormOracle,
  broadcastTo: broadcastToOracle,
  cast: castOracle,
  ceil: ceilOracle,
  clamp: clampOracle,
  concat: concatOracle,
  conv2d: conv2dOracle,
  conv2dInputGrad: conv2dInputGradOracle,
  conv2dWeightGrad: conv2dWeightGradOracle,
  convTranspose2d: convTranspose2dOracle,
  cos: cosOracle,
  cumsum: cumsumOracle,
  customGradient: customGradientOracle,
  div: divOracle,
  dropout: dropoutOracle,
  eq: eqOracle,
  erf: erfOracle,
  exp: expOracle,
  flip: flipOracle,
  floor: floorOracle,
  gather: gatherOracle,
  ge: geOracle,
  gelu: geluOracle,
  gt: gtOracle,
  interpolate: interpolateOracle,
  interpolateGrad: interpolateGradOracle,
  iota: iotaOracle,
  isFinite: isFiniteOracle,
  layerNorm: layerNormOracle,
  le: leOracle,
  leakyRelu: leakyReluOracle,
  linear: linearOracle,
  log: logOracle,
  logSoftmax: logSoftmaxOracle,
  lt: ltOracle,
  matmul: matmulOracle,
  max: maxOracle,
  maxPool2d: maxPool2dOracle,
  maxPool2dGrad: maxPool2dGradOracle,
  maxPool2dIndices: maxPool2dIndicesOracle,
  maxPool2dTake: maxPool2dTakeOracle,
  mean: meanOracle,
  min: minOracle,
  mul: mulOracle,
  ne: neOracle,
  neg: negOracle,
  not: notOracle,
  oneHot: oneHotOracle,
  or: orOracle,
  pad: padOracle,
  pow: powOracle,
  randomNormal: randomNormalOracle,
  randomUniform: randomUniformOracle,
  reduceMax: reduceMaxOracle,
  reduceMin: reduceMinOracle,
  relu: reluOracle,
  reshape: reshapeOracle,
  round: roundOracle,
  scatterAdd: scatterAddOracle,
  sigmoid: sigmoidOracle,
  sign: signOracle,
  silu: siluOracle,
  sin: sinOracle,
  slice: sliceOracle,
  softmax: softmaxOracle,
  softplus: softplusOracle,
  sort: sortOracle,
  sqrt: sqrtOracle,
  stopGradient: stopGradientOracle,
  sub: subOracle,
  sum: sumOracle,
  tanh: tanhOracle,
  transpose: transposeOracle,
  var: varOracle,
  where: whereOracle,
} satisfies Partial<Record<keyof typeof allOps, OracleTable[string]>>;
