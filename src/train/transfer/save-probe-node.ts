/** A probe as a run directory, which is predicted with, evaluated, listed and gone on from as one that was trained. */
import { ConvkitError } from "../../core/error.ts";
import type { DatasetPair } from "../../data/index.ts";
import { parameters } from "../../nn/parameters.ts";
import { fingerprint } from "../config.ts";
import { formatMetrics } from "../records.ts";
import { RunDirectory } from "../run-directory-node.ts";
import { OutputExists } from "../train-node.ts";
import type { Probe } from "./probe.ts";

export interface SaveProbeOptions {
  readonly overwrite?: boolean;
  /** How the head was made, for config.json. */
  readonly settings: Readonly<Record<string, unknown>>;
}

/** Throws an `OutputExists` where a run is there already. */
export async function saveProbe(
  folder: string,
  { classifier, fitted, test }: Probe,
  data: DatasetPair,
  { overwrite = false, settings }: SaveProbeOptions,
): Promise<void> {
  const directory = new RunDirectory(folder);
  if (await directory.exists()) {
    if (!overwrite) {
      throw new OutputExists(
        "probe",
        `${folder}: a run is there already — replace it (--overwrite), or choose another name`,
      );
    }
    await directory.clear();
  }
  await directory.prepare();
  const { card, net } = classifier;
  const { architecture, inputShape, classes, head } = card;
  if (!head) throw new ConvkitError("probe", "the classifier has no head of its own");
  const count = (part: DatasetPair["train"] | undefined): number => part?.length ?? 0;
  const config = {
    model: architecture,
    parameters: parameters(net).reduce((sum, { size }) => sum + size, 0),
    ...{ inputShape, classes },
    data: {
      name: data.train.name,
      ...{ train: count(data.train), validation: count(data.validation), test: count(data.test) },
      fingerprint: fingerprint(data),
    },
    // No epoch: heads are made all at once.
    epochs: 0,
    head,
    ...(fitted.kind === "linear" && { C: fitted.C }),
    ...settings,
  };
  await directory.write("config.json", `${JSON.stringify(config, null, 2)}\n`);
  await directory.write("model.safetensors", classifier.save());
  const { nearest, ...record } = test;
  const measures = nearest === undefined ? {} : { measures: { nearest } };
  await directory.write("metrics.jsonl", formatMetrics([], { ...record, ...measures }));
}
