/** A trained model and the pictures to test it with: those named, or those of the run. */
import { type Dataset, foldOf } from "../data/index.ts";
import { type BackendName, openDevice } from "../tensor/index.ts";
import { Classifier, Segmenter, type TrainConfig } from "../train/index.ts";
import { RunDirectory, sourceOfRun } from "../train/node.ts";
import { givesMaps } from "../train/segmenter.ts";
import type { TestTimeAugmentation } from "../train/views.ts";
import { type ModelFlags, openModel, type PictureFlags, remarksOn } from "./model-argument.ts";
import { type DataFlags, openNamedData } from "./open-data.ts";
import type { Output } from "./output.ts";
import { UsageError } from "./usage.ts";

export interface TrainedModelFlags extends ModelFlags, PictureFlags, DataFlags {
  readonly best?: boolean;
  readonly tta?: TestTimeAugmentation;
  readonly backend: BackendName;
  readonly threads?: number;
}

export interface TrainedModel {
  readonly model: Classifier | Segmenter;
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
  for (const note of remarksOn(opened)) output.remark(`Note: ${note}`);
  // The seed of the run, so that a folder without a test part is divided as it was in training.
  const { seed: own, fold, tta: views } = path === run ? {} : await settingsOf(run);
  const tta = flags.tta ?? views ?? undefined;
  if (givesMaps(opened) && flags.tta !== undefined) {
    throw new UsageError(command, "--tta is for models that tell whole pictures — leave it out");
  }
  const model = givesMaps(opened)
    ? Segmenter.of(opened, device)
    : Classifier.of(opened, device, { tta });
  const { channels, representation, height, width, cropPct } = model.card.preprocessing;
  const seed = Number.isSafeInteger(own) ? (own as number) : 0;
  const how = { seed, size: [height, width], channels, representation, cropPct } as const;
  const pair = await openNamedData(source, { ...how, skipBroken: flags.skipBroken }, output);
  const { test } = fold && given === undefined ? foldOf(pair, fold, seed) : pair;
  return { model, test, path };
}

async function settingsOf(
  run: string,
): Promise<Partial<Pick<TrainConfig, "seed" | "fold" | "tta">>> {
  const config = await new RunDirectory(run).read("config.json");
  if (!config) return {};
  try {
    return JSON.parse(new TextDecoder().decode(config));
  } catch {
    return {}; // edited by hand into no JSON; only what is tested with depends on it
  }
}
