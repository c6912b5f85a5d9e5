/**
 * `train(net or name, { data })`: from pictures to a trained model. Data is in memory, or `glyphs`; what reads
 * files and writes run directories is `train-node.ts`.
 */
import {
  type Dataset,
  type DatasetPair,
  isSegmented,
  preprocessingOf,
  type SegmentedDataset,
} from "../data/index.ts";
import type { Preprocessing } from "../image/preprocessing.ts";
import { initialize } from "../nn/initialize.ts";
import type { AnyModule, Module } from "../nn/module.ts";
import { namedStates, parameters } from "../nn/parameters.ts";
import { configOf, dataFacts } from "./config.ts";
import { checkPair, dataOf, splitOff } from "./data-parts.ts";
import { encodeModel } from "./encode-model.ts";
import { makeNetwork, type NamedNetwork } from "./made-network.ts";
import { CUSTOM, type ModelCard } from "./model-card.ts";
import type { TrainOptions } from "./options.ts";
import { pictureTask } from "./picture-task.ts";
import { Run } from "./run.ts";
import type { SegmentationRun } from "./segmentation-run.ts";
import { settle } from "./settle.ts";
import type { TensorRun } from "./tensor-run.ts";
import { begunRunOf, callbacksOf, trainTask } from "./train-task.ts";
import type { TensorTrainOptions } from "./train-tensors.ts";

/**
 * Trains a network of your own, one of the zoo by its name, or one that `openModel` gave. Ends after `epochs`, by early stopping
 * or by `signal`, and tests on the data's test part. Throws where options, network and data do not go together, and when a loss or
 * gradient is not finite: the update is not made then.
 *
 * Of a data set with masks, a network that gives score maps N×K×H×W learns to segment. Of a `tensorDataset`, a network of your own
 * learns several outputs from several inputs.
 */
export async function train(
  model: Module | NamedNetwork | string,
  options: SegmentationTrainOptions,
): Promise<SegmentationRun>;
export async function train(
  model: Module | NamedNetwork | string,
  options: TrainOptions,
): Promise<Run>;
export async function train(net: AnyModule, options: TensorTrainOptions): Promise<TensorRun>;
export async function train(
  model: AnyModule | NamedNetwork | string,
  options: TrainOptions | TensorTrainOptions,
): Promise<Run | SegmentationRun | TensorRun> {
  if (!isOfTensors(options)) return trainOnPictures(model as Module, options);
  return (await import("./other-tasks.ts")).trainTensors(model as AnyModule, options);
}

const isOfTensors = (options: TrainOptions | TensorTrainOptions): options is TensorTrainOptions => {
  const { data } = options;
  return typeof data === "object" && "inputs" in ("train" in data ? data.train : data);
};

/** Of data with masks. A data set whose type leaves open whether it has some is asked by `isSegmented`. */
export interface SegmentationTrainOptions extends Omit<TrainOptions, "data"> {
  readonly data: SegmentedDataset | DatasetPair<SegmentedDataset>;
}

async function trainOnPictures(
  model: Module | NamedNetwork | string,
  options: TrainOptions,
): Promise<Run | SegmentationRun> {
  const begun = performance.now();
  const callbacks = callbacksOf(options);
  const { checkpoint, recorded } = await begunRunOf(options);
  const { seed = recorded?.seed ?? 0, fold = recorded?.fold } = options;
  const data = await dataOf({ data: options.data, seed });
  const pair = fold ? (await import("../data/k-fold.ts")).foldOf(data, fold, seed) : data;
  checkPair(pair);
  const [channels] = pair.train.shape;
  const made = await makeNetwork(model, pair.train);
  const { net, name, loss, stem } = made;
  for (const text of made.notes) for (const { onNote } of callbacks) onNote?.(text);
  if (namedStates(net).length === 0) initialize(net, pair.train.shape, { seed });
  const task = isSegmented(pair.train) ? "segmentation" : undefined;
  if (task) (await import("./other-tasks.ts")).checkMasks(pair);
  const settled = await settle(options, { name, loss, channels, net, task }, recorded);
  const split = splitOff(pair, settled.validation, seed);
  const parameterCount = parameters(net).reduce((sum, { size }) => sum + size, 0);
  const weights = options.classWeights ?? recorded?.classWeights;
  const classWeights =
    weights && (await (await import("./class-weights.ts")).classWeightsOf(weights, split.train));
  const config = configOf(settled, {
    ...{ model: name ?? CUSTOM, parameters: parameterCount, stem: stem ?? null },
    ...{ inputShape: pair.train.shape, classes: pair.train.classes },
    ...{ data: dataFacts(pair, split), classWeights: classWeights ?? null },
  });
  const card: ModelCard = {
    architecture: made.name ?? CUSTOM,
    inputShape: pair.train.shape,
    classes: pair.train.classes,
    preprocessing: await trainedPreprocessing(made.preprocessing, split.train),
    loss: typeof settled.loss === "string" ? settled.loss : CUSTOM,
    ...(stem && { stem }),
    ...(made.structure && { structure: made.structure }),
    ...(made.head && { head: made.head }),
    ...(task && { task }),
  };

  if (made.initializeFrom && !checkpoint) {
    const { initializeFromPictures } = await import("./initialize-from-pictures.ts");
    const { preprocessing } = card;
    await initializeFromPictures(made.initializeFrom, split.train, { preprocessing, seed });
  }

  const resize = settled.extras.progressiveResize;
  const sizeAt =
    resize &&
    (await import("./progressive-size.ts")).progressiveSize(net, pair.train.shape, resize);
  const { device, result } = await trainTask(options, {
    task: await pictureTask(net, card, settled, classWeights),
    ...{ net, settled, config, checkpoint, callbacks, sizeAt, begun },
    ...{ train: split.train, validation: split.validation, test: pair.test },
    encode: () => encodeModel(net, card),
  });
  if (!task) return new Run(net, card, device, result);
  const { SegmentationRun } = await import("./other-tasks.ts");
  return new SegmentationRun(net, card, device, result);
}

/** A model's own numbers where it has some, over pictures that were brought to its size as the data's were. */
async function trainedPreprocessing(
  own: Preprocessing | undefined,
  data: Dataset,
): Promise<Preprocessing> {
  const { fit, cropPct } = data;
  return own ? { ...own, fit, cropPct } : preprocessingOf(data);
}
