/** A trained model and the pictures to test it with: those named, or those of the run. */

import type { Dataset } from "../data/index.ts";
import { parseSource } from "../data/index.ts";
import { openData } from "../data/node.ts";
import { type BackendName, openDevice } from "../tensor/index.ts";
import { Classifier } from "../train/index.ts";
import { RunDirectory, sourceOfRun } from "../train/node.ts";
import { type ModelFlags, openModel, type PictureFlags, remarksOn } from "./model-argument.ts";
import type { Output } from "./output.ts";
import { asUsage, UsageError } from "./usage.ts";

export interface TrainedModelFlags extends ModelFlags, PictureFlags {
  readonly best?: boolean;
  readonly backend: BackendName;
  readonly threads?: number;
}

export interface TrainedModel {
  readonly model: Classifier;
  readonly test: Dataset;
  /** The model's file. */
  readonly path: string;
}

export async function openTrainedModel(
  command: string,
  run: string,
  given: string | undefined,
  flags: TrainedModelFlags,
  output: Output,
): Promise<TrainedModel> {
  const device = await openDevice({ backend: flags.backend, threads: flags.threads });
  const opened = await openModel(run, flags, { best: flags.best, device });
  const path = opened.file ?? run;
  const source = given ?? (path === run ? undefined : await sourceOfRun(run));
  if (source === undefined) {
    throw new UsageError(command, `${run} does not say what it was trained on — name the data`);
  }
  await asUsage(() => parseSource(source));
  for (const note of remarksOn(opened)) output.remark(`Note: ${note}`);
  const model = Classifier.of(opened, device);
  const { channels, height, width, cropPct } = model.card.preprocessing;
  const loading = output.bar("reading pictures {bar} {value}/{total}");
  const { test } = await openData(source, {
    // The seed of the run, so that a folder without a test part is divided as it was in training.
    seed: await seedOf(run, path),
    size: [height, width],
    channels: channels as 1 | 3,
    cropPct,
    onProgress: (done, total) => loading.update(done, total),
  }).finally(() => loading.stop());
  return { model, test, path };
}

async function seedOf(run: string, path: string): Promise<number> {
  const config = path === run ? undefined : await new RunDirectory(run).read("config.json");
  if (!config) return 0;
  try {
    const { seed } = JSON.parse(new TextDecoder().decode(config)) as { seed?: unknown };
    return Number.isSafeInteger(seed) ? (seed as number) : 0;
  } catch {
    return 0; // a config edited by hand into no JSON; only folders without a test part depend on it
  }
}
