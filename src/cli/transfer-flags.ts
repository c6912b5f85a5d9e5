/** The flags of `train` that put another head on a trained model, and say how much of its body is tuned along. */
import type { Command } from "commander";
import { foldOf } from "../data/index.ts";
import type { Device } from "../tensor/index.ts";
import { splitOff } from "../train/data-parts.ts";
import type { TrainOptions } from "../train/index.ts";
import { bodyLayers, layersBelow, parseClassMap, withHead } from "../train/transfer/index.ts";
import { oneOf, whole } from "./arguments.ts";
import { openModelAndData } from "./data-for-model.ts";
import type { Output } from "./output.ts";
import type { RecipeFlags } from "./recipe-flags.ts";
import type { TrainingFlags, TrainingNetwork } from "./training-network.ts";
import { asUsage, UsageError } from "./usage.ts";

export interface TransferFlags {
  readonly head?: "linear" | "classifier";
  readonly map?: string;
  readonly thaw?: number;
}

export const addTransferFlags = (command: Command): Command =>
  command
    .option(
      "--head <kind>",
      "of a trained model: linear, made from its features; or classifier, its own, with --map",
      oneOf("linear", "classifier"),
    )
    .option("--map <list>", "its classes that stand for those of the data: ants=ant,bees=309")
    .option(
      "--thaw <n>",
      "train the head and so many blocks below it, freeze the others",
      whole(1),
    );

/** Whether nothing but a new head is trained, and nothing thaws later. */
export const isHeadAlone = ({
  freeze,
  unfreezeAt,
  head,
  thaw,
}: Pick<RecipeFlags, "freeze" | "unfreezeAt"> & TransferFlags): boolean =>
  freeze?.includes("body") === true &&
  unfreezeAt === undefined &&
  thaw === undefined &&
  head !== "classifier";

/** A trained model with another head: what `openForTraining` gives of one that keeps its own. */
export async function openForTransfer(
  data: string,
  flags: TransferFlags & TrainingFlags & Pick<RecipeFlags, "fold"> & { readonly val?: number },
  device: Device,
  output: Output,
): Promise<TrainingNetwork> {
  const { model: name, head, map, size, seed, fold, val = 0.1 } = flags;
  if (name === undefined) {
    throw new UsageError("train", "--head is for a trained model — name it by --model");
  }
  if ((head === "classifier") !== (map !== undefined)) {
    throw new UsageError("train", "--head classifier and --map go together — give both, or none");
  }
  const channels = flags.channels === "grey" ? 1 : 3;
  const input = size && [channels, ...size];
  const { model, data: pair } = await openModelAndData(name, data, { ...flags, input }, output);
  const { classes } = pair.train;
  const { classes: outputs, labels } = model;
  const sources =
    map === undefined
      ? undefined
      : await asUsage(() => parseClassMap(map, classes, { outputs, labels }));
  // Pictures that are held back to validate or test with teach the head nothing.
  const { train } = splitOff(fold ? foldOf(pair, fold, seed) : pair, val, seed);
  const bar = output.bar("features {bar} {value}/{total}");
  const made = await withHead(model, train, {
    ...{ device, head, sources, seed },
    onProgress: (done, total) => bar.update(done, total),
  }).finally(() => bar.stop());
  return { pair, model: name, network: made.model, net: made.model.net };
}

/** `--freeze`, in which `body` is everything below the head, and `--thaw`, as names of layers. */
export function frozenLayers(
  { freeze = [], thaw }: Pick<RecipeFlags, "freeze"> & TransferFlags,
  { net, pair }: TrainingNetwork,
): Pick<TrainOptions, "freeze"> {
  if (freeze.length === 0 && thaw === undefined) return {};
  const { shape } = pair.train;
  const named = freeze.flatMap((name) => (name === "body" ? bodyLayers(net, shape) : [name]));
  return { freeze: thaw === undefined ? named : [...named, ...layersBelow(net, shape, thaw)] };
}
