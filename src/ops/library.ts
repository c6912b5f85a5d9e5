/**
 * The ops beyond the engine's table, by name. Whoever uses one applies its definition, `builder.apply(gelu, [x])`, so
 * that a bundle holds it only then; this list is for tests, the text form of graphs and the reference backend.
 */
import { argmin } from "./argmin.ts";
import { avgPool2d, avgPool2dGrad } from "./avg-pool2d.ts";
import { batchNorm } from "./batch-norm.ts";
import { ceil } from "./ceil.ts";
import { convTranspose2d } from "./conv-transpose2d.ts";
import { cumsum } from "./cumsum.ts";
import { dropout } from "./dropout.ts";
import { erf } from "./erf.ts";
import { floor } from "./floor.ts";
import { gather, scatterAdd } from "./gather.ts";
import { gelu } from "./gelu.ts";
import { interpolate, interpolateGrad } from "./interpolate.ts";
import { iota } from "./iota.ts";
import { layerNorm } from "./layer-norm.ts";
import { leakyRelu } from "./leaky-relu.ts";
import { not } from "./not.ts";
import { or } from "./or.ts";
import { randomNormal } from "./random-normal.ts";
import { randomUniform } from "./random-uniform.ts";
import { reduceMin } from "./reduce-min.ts";
import { round } from "./round.ts";
import { silu } from "./silu.ts";
import { cos, sin } from "./sin.ts";
import { softplus } from "./softplus.ts";
import { sort } from "./sort.ts";
import { table } from "./table.ts";

export const library = {
  argmin,
  avgPool2d,
  avgPool2dGrad,
  batchNorm,
  ceil,
  convTranspose2d,
  cos,
  cumsum,
  dropout,
  erf,
  floor,
  gather,
  gelu,
  interpolate,
  interpolateGrad,
  iota,
  layerNorm,
  leakyRelu,
  not,
  or,
  randomNormal,
  randomUniform,
  reduceMin,
  round,
  scatterAdd,
  silu,
  sin,
  softplus,
  sort,
} as const;

/** Every op of the project. */
export const allOps = { ...table, ...library } as const;
