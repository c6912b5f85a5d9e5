/**
 * A checkpoint: everything that a run needs to go on to the same bits, in one file, so that a kill at any moment
 * leaves a whole one. Weights, running statistics and the optimiser's states as tensors in full precision; the
 * position, the sums of the epoch in progress and the history as text. Random numbers are functions of seed
 * and position, so they have no state to keep. A run goes on with the options that it was begun with, and no others.
 */
import { ConvkitError } from "../core/error.ts";
import { parseSafetensors } from "../formats/safetensors/read-safetensors.ts";
import type { SafeTensor } from "../formats/safetensors/safe-tensor.ts";
import { encodeSafetensors } from "../formats/safetensors/write-safetensors.ts";
import type { AnyModule } from "../nn/module.ts";
import { namedStates } from "../nn/parameters.ts";
import { loadStateDict } from "../nn/state-dict.ts";
import type { Optimizer } from "../optim/optimizer.ts";
import type { WeightAverage } from "../optim/weight-average.ts";
import type { HostData, Parameter } from "../tensor/index.ts";
import type { TrainConfig } from "./config.ts";
import { CUSTOM } from "./model-card.ts";
import type { TrainOptions } from "./options.ts";
import type { Position } from "./position.ts";
import type { RunStore } from "./run-store.ts";

export interface Checkpoint {
  readonly position: Position;
  /** The run's settings, as config.json has them. */
  readonly config: string;
  /** Where the data came from, if a person named it. */
  readonly source: string | undefined;
  readonly tensors: ReadonlyMap<string, SafeTensor>;
}

const NET = "net/";
const OPTIMIZER = "optimizer/";
const AVERAGE = "average/";

/** The bytes of the file, with the values of now. */
export function encodeCheckpoint(
  net: AnyModule,
  optimizer: Optimizer,
  average: WeightAverage | undefined,
  text: Pick<Checkpoint, "position" | "config" | "source">,
): Uint8Array {
  const tensors = [
    ...namedStates(net).map(([name, { parameter }]) => [NET + name, parameter] as const),
    ...byName(optimizer.state()).map(
      (parameter) => [OPTIMIZER + parameter.name, parameter] as const,
    ),
    ...(average?.state() ?? []).map((parameter) => [AVERAGE + parameter.name, parameter] as const),
  ].map(([name, parameter]): [string, SafeTensor] => [
    name,
    exact(parameter.shape, parameter.read()),
  ]);
  return encodeSafetensors(tensors, {
    position: JSON.stringify(text.position),
    config: text.config,
    ...(text.source !== undefined && { source: text.source }),
  });
}

/** States come into being with the parameters that are trained, some of which may thaw late. */
const byName = (states: readonly Parameter[]): Parameter[] =>
  states.toSorted((a, b) => (a.name < b.name ? -1 : 1));

/** The reference device keeps doubles, and they are kept here. */
function exact(shape: readonly number[], data: HostData): SafeTensor {
  const dtype = data instanceof Float64Array ? "F64" : data instanceof Float32Array ? "F32" : "I32";
  return { dtype, shape, data };
}

/** Throws for a file that is damaged or none of a run; `file` is for the message. */
export function decodeCheckpoint(bytes: Uint8Array, file: string): Checkpoint {
  const { tensors, metadata } = parseSafetensors(bytes, file);
  try {
    const position = JSON.parse(metadata.position) as Position;
    if (!Array.isArray(position.history) || !metadata.config) throw new Error("it is incomplete");
    return { position, config: metadata.config, source: metadata.source, tensors };
  } catch (cause) {
    throw new ConvkitError(
      "resume",
      `${file}: is no checkpoint that convkit wrote — remove it to start over`,
      { cause },
    );
  }
}

/** What a store has of a run that is to go on. */
export interface BegunRun {
  readonly checkpoint: Checkpoint;
  /** The options that it was begun with. */
  readonly recorded: Partial<TrainOptions>;
}

/** Undefined where there is no checkpoint. */
export async function begunRun(store: RunStore): Promise<BegunRun | undefined> {
  const saved = await store.read("checkpoint.safetensors");
  if (!saved) return undefined;
  const checkpoint = decodeCheckpoint(saved, `${store.name}/checkpoint.safetensors`);
  return { checkpoint, recorded: recordedOptions(checkpoint.config) };
}

/** Puts weights, the optimiser's states and the averages back. */
export function restore(
  checkpoint: Checkpoint,
  net: AnyModule,
  optimizer: Optimizer,
  average?: WeightAverage,
): void {
  const under = (prefix: string) =>
    [...checkpoint.tensors]
      .filter(([name]) => name.startsWith(prefix))
      .map(([name, tensor]) => [name.slice(prefix.length), tensor] as const);
  loadStateDict(net, withoutTypes(new Map(under(NET))));
  const values = (prefix: string) =>
    new Map(under(prefix).map(([name, { data }]) => [name, data as HostData]));
  optimizer.restore(values(OPTIMIZER));
  average?.restore(values(AVERAGE));
}

/** Stored types are the file's affair; values are converted as they are written. */
const withoutTypes = (
  tensors: ReadonlyMap<string, SafeTensor>,
): Map<string, { shape: readonly number[]; data: SafeTensor["data"] }> =>
  new Map([...tensors].map(([name, { shape, data }]) => [name, { shape, data }]));

/** The options that a run was begun with, as far as they are plain data, so that it goes on without their being said again. */
export function recordedOptions(config: string): Partial<TrainOptions> {
  const { model, parameters, inputShape, classes, data, stem, optimizer, ...settings } = JSON.parse(
    config,
  ) as TrainConfig;
  const { accumulate, ...own } = optimizer;
  return Object.fromEntries(
    Object.entries({ ...settings, accumulate, optimizer: own }).filter(
      ([, value]) => value !== null && value !== undefined && value !== CUSTOM,
    ),
  );
}

/** Says which setting of a run that is to go on differs from what it was begun with. */
export function refuseChange(then: string, now: TrainConfig): void {
  const before = JSON.parse(then) as Record<string, unknown>;
  const after = JSON.parse(JSON.stringify(now)) as Record<string, unknown>;
  for (const [key, value] of Object.entries(after)) {
    // A run of an earlier version knows nothing of newer settings, which are null unless they are used.
    const [old, fresh] = [JSON.stringify(before[key] ?? null), JSON.stringify(value)];
    if (old === fresh) continue;
    throw new ConvkitError(
      "resume",
      `the run was begun with ${key} ${old}, now it is ${fresh} — resume with the settings it was ` +
        "begun with, or train anew under another name",
    );
  }
}
