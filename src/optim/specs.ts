/** Every optimiser of the library. Tests run over it, and docs/layers.md is made from it; bundles leave it out. */
import { accumulateSpec } from "./accumulate.ts";
import { adadeltaSpec } from "./adadelta.ts";
import { adagradSpec } from "./adagrad.ts";
import { adamSpec, adamWSpec } from "./adam.ts";
import { adamaxSpec } from "./adamax.ts";
import { asgdSpec } from "./asgd.ts";
import { emaSpec } from "./ema.ts";
import { lambSpec } from "./lamb.ts";
import { larsSpec } from "./lars.ts";
import { lionSpec } from "./lion.ts";
import { lookaheadSpec } from "./lookahead.ts";
import { muonSpec } from "./muon.ts";
import { nadamSpec } from "./nadam.ts";
import type { OptimizerSpec } from "./optimizer-spec.ts";
import { radamSpec } from "./radam.ts";
import { rmspropSpec } from "./rmsprop.ts";
import { rpropSpec } from "./rprop.ts";
import { samSpec } from "./sam.ts";
import { sgdSpec } from "./sgd.ts";
import { swaSpec } from "./swa.ts";

export const optimizerSpecs: readonly OptimizerSpec[] = [
  sgdSpec,
  adamSpec,
  adamWSpec,
  nadamSpec,
  radamSpec,
  adamaxSpec,
  adagradSpec,
  adadeltaSpec,
  rmspropSpec,
  rpropSpec,
  asgdSpec,
  lionSpec,
  lambSpec,
  larsSpec,
  muonSpec,
  lookaheadSpec,
  samSpec,
  accumulateSpec,
  emaSpec,
  swaSpec,
];
