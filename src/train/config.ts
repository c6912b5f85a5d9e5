/** config.json: what makes a run what it is, and nothing of when, where or on what, so that equal runs are equal files. */
import { fnv1a } from "../core/fnv1a.ts";
import {
  type Dataset,
  type DatasetPair,
  isSegmented,
  isStored,
  type SegmentedDataset,
  type StoredDataset,
} from "../data/index.ts";
import type { Stem } from "../models/model.ts";
import type { TrainOptions } from "./options.ts";
import type { Extras, Settled } from "./settle.ts";

type Nullable<T> = { readonly [K in keyof T]-?: Exclude<T[K], undefined> | null };

/** What this run does not use is null. */
export interface TrainConfig extends Nullable<Extras> {
  readonly model: string;
  readonly parameters: number;
  readonly inputShape: readonly number[];
  readonly classes: readonly string[];
  readonly data: {
    readonly name: string;
    readonly train: number;
    readonly validation: number;
    readonly test: number;
    /** Of pictures and labels: a run resumes on the same data only. */
    readonly fingerprint: string;
  };
  readonly epochs: number;
  readonly batch: number;
  readonly optimizer: Readonly<Record<string, unknown>>;
  readonly schedule: Settled["scheduleSettings"];
  readonly warmup: number;
  readonly seed: number;
  readonly validation: number;
  readonly augmentation: Settled["augmentation"];
  readonly patience: number | null;
  readonly clip: NonNullable<TrainOptions["clip"]> | null;
  readonly ema: number | null;
  readonly classWeights: readonly number[] | null;
  readonly labelSmoothing: number;
  readonly loss: Settled["lossSettings"];
  /** The first layers of the model, where they were chosen. */
  readonly stem: Stem | null;
}

/** What is no setting: the network, its data, and what follows from both. */
export type ConfigFacts = Pick<
  TrainConfig,
  "model" | "parameters" | "stem" | "inputShape" | "classes" | "data" | "classWeights"
>;

export function configOf(settled: Settled, facts: ConfigFacts): TrainConfig {
  const { model, parameters, inputShape, classes, data, classWeights, stem } = facts;
  return {
    ...{ model, parameters, inputShape, classes, data },
    epochs: settled.epochs,
    batch: settled.batch,
    optimizer: settled.optimizerSettings,
    schedule: settled.scheduleSettings,
    warmup: settled.warmup,
    seed: settled.seed,
    validation: settled.validation,
    augmentation: settled.augmentation,
    patience: settled.patience ?? null,
    clip: settled.clip ?? null,
    ema: settled.ema ?? null,
    classWeights,
    labelSmoothing: settled.labelSmoothing,
    loss: settled.lossSettings,
    stem,
    ...nulled(settled.extras),
  };
}

const nulled = (extras: Extras): Nullable<Extras> =>
  Object.fromEntries(
    Object.entries(extras).map(([key, value]) => [key, value ?? null]),
  ) as unknown as Nullable<Extras>;

/** What a config says of pictures, of which so many are trained on and held back. */
export const dataFacts = (
  pair: DatasetPair,
  split: { readonly train: Dataset; readonly validation: Dataset | undefined },
): ConfigFacts["data"] => ({
  name: pair.train.name,
  train: split.train.length,
  validation: split.validation?.length ?? 0,
  test: pair.test.length,
  fingerprint: fingerprint(pair),
});

/** A hash over pictures and labels, as 8 hexadecimal digits; for files over their names and sizes, wherever their folder lies. */
export function fingerprint({ train, validation, test }: DatasetPair): string {
  let hash: number | undefined;
  for (const part of [train, validation, test]) {
    if (!part) continue;
    hash = fnv1a(part.labels, fnv1a(contentOf(part), hash));
    if (isSegmented(part)) hash = fnv1a(masksOf(part), hash);
  }
  return (hash ?? 0).toString(16).padStart(8, "0");
}

function contentOf(part: Dataset): Uint8Array {
  return isStored(part) ? namesOf(part.files) : part.images;
}

const masksOf = (part: SegmentedDataset): Uint8Array =>
  isStored(part) ? namesOf(part.masks) : part.masks;

function namesOf(files: StoredDataset["files"]): Uint8Array {
  const facts = files.map(({ name, length }) => `${name.replace(/.*[/\\]/, "")} ${length}`);
  return new TextEncoder().encode(facts.join());
}
