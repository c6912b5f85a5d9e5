/** `train` as Node has it: data by its name (`mnist:data/mnist`, a folder of pictures) and a run directory. */
import { resolve } from "node:path";
import { ConvkitError } from "../core/error.ts";
import { parseSource } from "../data/index.ts";
import { openData, type PictureOptions } from "../data/node.ts";
import type { Module } from "../nn/module.ts";
import { decodeCheckpoint } from "./checkpoint.ts";
import type { NamedNetwork } from "./made-network.ts";
import type { TrainOptions } from "./options.ts";
import type { Run } from "./run.ts";
import { RunDirectory } from "./run-directory-node.ts";
import { runLog } from "./run-log-node.ts";
import { train as trainInMemory } from "./train.ts";

export interface NodeTrainOptions extends Omit<TrainOptions, "data" | "store"> {
  /** `glyphs`, `mnist:DIR`, `fashion-mnist:DIR`, `cifar10:DIR`, a folder of pictures, or data in memory. */
  readonly data: TrainOptions["data"];
  /** The run directory; nothing is written without it. */
  readonly out?: string;
  /** Removes a run that is there already. */
  readonly overwrite?: boolean;
  /** Size and channels of pictures in a folder. */
  readonly folder?: PictureOptions;
  /** What a person typed, for the run's log. */
  readonly command?: string;
}

/**
 * As `train` in memory, see `train.ts`. Throws an `OutputExists` where `out` holds a run and neither `resume` nor `overwrite` says
 * what to do with it.
 */
export async function train(
  model: Module | NamedNetwork | string,
  options: NodeTrainOptions,
): Promise<Run> {
  const { out, overwrite = false, folder, data, command, ...rest } = options;
  const directory = out === undefined ? undefined : new RunDirectory(out);
  const exists = (await directory?.exists()) ?? false;
  if (exists && !rest.resume && !overwrite) {
    throw new OutputExists(
      "train",
      `${out}: a run is there already — go on with it (--resume), replace it (--overwrite), or choose another name`,
    );
  }
  // Opened before anything is removed or made: a mistyped name costs no earlier run.
  const opened =
    typeof data === "string" ? await openData(data, { seed: rest.seed, ...folder }) : data;
  if (exists && !rest.resume) await directory?.clear();
  await directory?.prepare();
  const log = out === undefined ? undefined : runLog(out, command);
  const run = await trainInMemory(model, {
    ...rest,
    data: opened,
    store: directory,
    ...(typeof data === "string" && { source: absoluteSource(data) }),
    callbacks: [...(rest.callbacks ?? []), ...(log ? [log] : [])],
  });
  await log?.end();
  return run;
}

/** An output that would be lost; wrong usage rather than a failed run. */
export class OutputExists extends ConvkitError {}

/** Good from any working directory. */
export function absoluteSource(text: string): string {
  const source = parseSource(text);
  if (source.kind === "glyphs") return text;
  const path = resolve(source.path);
  return source.kind === "folder" ? path : `${source.kind}:${path}`;
}

/** Where the data of a run came from, if it was read from files or drawn. */
export async function sourceOfRun(run: string): Promise<string | undefined> {
  const directory = new RunDirectory(run);
  const bytes = await directory.read("checkpoint.safetensors");
  return bytes && decodeCheckpoint(bytes, directory.path("checkpoint.safetensors")).source;
}
