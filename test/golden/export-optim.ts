/** Writes the samples of optimisers and schedules as JSON, for src/optim/golden/make_optim.py. */
import { writeFileSync } from "node:fs";
import { scheduleSpecs } from "../../src/optim/schedule/specs.ts";
import { optimizerSpecs } from "../../src/optim/specs.ts";

export interface OptimSamples {
  readonly optimizers: readonly { readonly title: string; readonly torch: string }[];
  readonly schedules: readonly { readonly title: string; readonly torch: string }[];
}

export const optimSamples = (): OptimSamples => ({
  optimizers: optimizerSpecs.flatMap((spec) =>
    spec.samples.map(({ name, torch, clip = {} }) => ({
      ...{ title: `${spec.name}: ${name}`, torch, clip },
    })),
  ),
  schedules: scheduleSpecs.flatMap((spec) =>
    spec.samples.map(({ name, torch, history }) => ({
      ...{ title: `${spec.name}: ${name}`, torch, history },
    })),
  ),
});

export const exportOptim = (path: string): void =>
  writeFileSync(path, JSON.stringify(optimSamples()));
