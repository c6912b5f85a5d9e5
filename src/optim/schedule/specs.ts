/** Every schedule of the library. Tests run over it, and docs/layers.md is made from it; bundles leave it out. */
import { constantSpec } from "./constant.ts";
import { cosineSpec } from "./cosine.ts";
import { cosineRestartsSpec } from "./cosine-restarts.ts";
import { cyclicSpec } from "./cyclic.ts";
import { exponentialSpec } from "./exponential.ts";
import { inverseSqrtSpec } from "./inverse-sqrt.ts";
import { linearSpec } from "./linear.ts";
import { multiStepSpec } from "./multi-step.ts";
import { oneCycleSpec } from "./one-cycle.ts";
import { polynomialSpec } from "./polynomial.ts";
import { reduceOnPlateauSpec } from "./reduce-on-plateau.ts";
import type { ScheduleSpec } from "./schedule-spec.ts";
import { stepSpec } from "./step.ts";
import { warmupSpec } from "./warmup.ts";

export const scheduleSpecs: readonly ScheduleSpec[] = [
  constantSpec,
  linearSpec,
  polynomialSpec,
  exponentialSpec,
  stepSpec,
  multiStepSpec,
  cosineSpec,
  cosineRestartsSpec,
  oneCycleSpec,
  cyclicSpec,
  inverseSqrtSpec,
  warmupSpec,
  reduceOnPlateauSpec,
];
