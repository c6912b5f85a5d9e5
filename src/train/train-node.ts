/** `train` as Node has it: data by its name (`mnist:data/mnist`, a folder of pictures) and a run directory. */
import { resolve } from "node:path";
import { ConvkitError } from "../core/error.ts";
import { isSegmented, parseSource } from "../data/index.ts";
import { openData } from "../data/open-node.ts";
import type { PictureOptions } from "../data/picture-parts-node.ts";
import type { AnyModule, Module } from "../nn/module.ts";
import { decodeCheckpoint, recordedOptions } from "./checkpoint.ts";
import type { NamedNetwork } from "./made-network.ts";
import type { TrainOptions } from "./options.ts";
import type { Run } from "./run.ts";
import { RunDirectory } from "./run-directory-node.ts";
import { readRunLog, runLog } from "./run-log-node.ts";
import type { SegmentationRun } from "./segmentation-run.ts";
import type { TensorRun } from "./tensor-run.ts";
import { type SegmentationTrainOptions, train as trainInMemory } from "./train.ts";
import type { TensorTrainOptions } from "./train-tensors.ts";

/** Where a run is kept. */
interface KeptRun {
  /** The run directory; nothing is written without it. */
  readonly out?: string;
  /** Removes a run that is there already. */
  readonly overwrite?: boolean;
  /** What a person typed, for the run's log. */
  readonly command?: string;
}

export interface NodeTrainOptions extends Omit<TrainOptions, "data" | "store">, KeptRun {
  /** `glyphs`, `mnist:DIR`, `fashion-mnist:DIR`, `cifar10:DIR`, a folder of pictures, or data in memory. */
  readonly data: TrainOptions["data"];
  /** Size and channels of pictures in a folder. */
  readonly folder?: PictureOptions;
}

/** A folder of pictures and masks is opened first, by `openSegmentation` of `convkit/data/node`. */
export type NodeSegmentationTrainOptions = Omit<SegmentationTrainOptions, "store"> & KeptRun;

export type NodeTensorTrainOptions = Omit<TensorTrainOptions, "store"> & KeptRun;

/**
 * As `train` in memory, see `train.ts`. Throws an `OutputExists` where `out` holds a run and neither `resume` nor `overwrite` says
 * what to do with it.
 */
export async function train(
  model: Module | NamedNetwork | string,
  options: NodeSegmentationTrainOptions,
): Promise<SegmentationRun>;
export async function train(
  model: Module | NamedNetwork | string,
  options: NodeTrainOptions,
): Promise<Run>;
export async function train(net: AnyModule, options: NodeTensorTrainOptions): Promise<TensorRun>;
export async function train(
  model: AnyModule | NamedNetwork | string,
  options: NodeTrainOptions | NodeSegmentationTrainOptions | NodeTensorTrainOptions,
): Promise<Run | SegmentationRun | TensorRun> {
  const { out, overwrite = false, command, ...rest } = options;
  const directory = out === undefined ? undefined : new RunDirectory(out);
  const exists = (await directory?.exists()) ?? false;
  if (exists && !rest.resume && !overwrite) {
    throw new OutputExists(
      "train",
      `${out}: a run is there already — go on with it (--resume), replace it (--overwrite), or choose another name`,
    );
  }
  // Opened before anything is removed or made: a mistyped name costs no earlier run.
  const opened = await openedData(rest, rest.resume ? directory : undefined);
  if (exists && !rest.resume) await directory?.clear();
  await directory?.prepare();
  const log = out === undefined ? undefined : runLog(out, command);
  const callbacks = [...(rest.callbacks ?? []), ...(log ? [log] : [])];
  const all = { ...rest, ...opened, store: directory, callbacks };
  const run = await trainInMemory(model as Module, all as TrainOptions);
  await log?.end();
  return run;
}

/** Data in memory, and where it came from; with the seed of a run that is to go on, by which folders are divided. */
async function openedData(
  options: Omit<
    NodeTrainOptions | NodeSegmentationTrainOptions | NodeTensorTrainOptions,
    keyof KeptRun
  >,
  begun: RunDirectory | undefined,
) {
  const { data, seed = await seedOf(begun) } = options;
  if (typeof data !== "string") return { data };
  const { folder } = options as NodeTrainOptions;
  const pair = await openData(data, { seed, ...folder });
  if (isSegmented(pair.train)) {
    throw new ConvkitError(
      "train",
      `${data} holds masks, of which another kind of model is made — give { data: await openSegmentation("${data}") }`,
    );
  }
  return { data: pair, source: absoluteSource(data) };
}

async function seedOf(run: RunDirectory | undefined): Promise<number | undefined> {
  const config = await run?.read("config.json");
  return config && recordedOptions(new TextDecoder().decode(config)).seed;
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
  if (bytes) return decodeCheckpoint(bytes, directory.path("checkpoint.safetensors")).source;
  const start = (await readRunLog(run)).find((record) => record.event === "start");
  return start?.source;
}
