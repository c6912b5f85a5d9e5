/**
 * `train(net or name, { data })`: from pictures to a trained model. Data is in memory, or `glyphs`; what reads
 * files and writes run directories is `train-node.ts`.
 */
import { type Dataset, openBatches, preprocessingOf } from "../data/index.ts";
import type { Preprocessing } from "../image/preprocessing.ts";
import { initialize } from "../nn/initialize.ts";
import type { Module } from "../nn/module.ts";
import { namedStates, parameters } from "../nn/parameters.ts";
import { defaultDevice, openDevice } from "../tensor/index.ts";
import { configOf, refuseChange } from "./config.ts";
import { checkPair, dataOf, splitOff } from "./data-parts.ts";
import { makeNetwork, type NamedNetwork } from "./made-network.ts";
import { CUSTOM, type ModelCard } from "./model-card.ts";
import type { TrainOptions } from "./options.ts";
import { Run } from "./run.ts";
import { classWeightsOf, settle } from "./settle.ts";
import { Trainer } from "./trainer.ts";

/**
 * Trains a network of your own, one of the zoo by its name, or one that `openModel` gave. Ends after `epochs`, by early stopping
 * or by `signal`, and tests on the data's test part. Throws where options, network and data do not go together, and when a loss or
 * gradient is not finite: the update is not made then.
 */
export async function train(
  model: Module | NamedNetwork | string,
  options: TrainOptions,
): Promise<Run> {
  const callbacks = [...(options.callbacks ?? [])];
  if (options.onProgress) callbacks.push({ onProgress: options.onProgress });
  const note = (text: string) => {
    for (const { onNote } of callbacks) onNote?.(text);
  };

  const pair = await dataOf(options);
  checkPair(pair);
  const [channels] = pair.train.shape;
  const made = await makeNetwork(model, pair.train);
  const settled = await settle(options, { name: made.name, loss: made.loss, channels });
  for (const text of made.notes) note(text);
  const split = splitOff(pair, settled.validation, settled.seed);
  const { net } = made;
  if (namedStates(net).length === 0) initialize(net, pair.train.shape, { seed: settled.seed });
  const count = parameters(net).reduce((sum, { size }) => sum + size, 0);
  const classWeights = classWeightsOf(options.classWeights, split.train);
  const config = configOf(
    settled,
    { name: made.name, parameters: count },
    { ...split, pair },
    classWeights,
  );
  const card: ModelCard = {
    architecture: made.name ?? CUSTOM,
    inputShape: pair.train.shape,
    classes: pair.train.classes,
    preprocessing: await trainedPreprocessing(made.preprocessing, split.train),
    loss: typeof settled.loss === "string" ? settled.loss : CUSTOM,
    ...(made.structure && { structure: made.structure }),
  };

  const { store, resume = false, backend, threads } = options;
  // Before the training: a page may be offline by the time it saves.
  const checkpoints = store && (await import("./checkpoint.ts"));
  const saved = resume ? await store?.read("checkpoint.safetensors") : undefined;
  const checkpoint =
    saved && checkpoints?.decodeCheckpoint(saved, `${store?.name}/checkpoint.safetensors`);
  if (checkpoint) refuseChange(checkpoint.config, config);
  const shared = backend === undefined && threads === undefined;
  const device =
    options.device ?? (await (shared ? defaultDevice() : openDevice({ backend, threads })));
  const text = `${JSON.stringify(config, null, 2)}\n`;
  const average =
    settled.ema === undefined
      ? undefined
      : (await import("../optim/ema.ts")).emaOf(namedStates(net), {
          decay: settled.ema,
          warmup: true,
        });
  const { batch, seed, augmentation } = settled;
  const batches = await openBatches(split.train, {
    ...{ batch, seed, augmentation },
    preprocessing: card.preprocessing,
  });
  const trainer = new Trainer({
    ...{ net, card, settled, average, classWeights, device, store, callbacks },
    ...{ batches, train: split.train, validation: split.validation, test: pair.test },
    config: text,
    source: options.source ?? checkpoint?.source,
    signal: options.signal,
  });
  const { position } = trainer;
  let alreadyFinished = false;
  try {
    if (trainer.note) note(trainer.note);
    if (checkpoint) await trainer.resume(checkpoint);
    else await store?.write("config.json", text);
    alreadyFinished = position.test !== undefined;
    if (!alreadyFinished) {
      const start = {
        ...{ config, device, resumedAt: checkpoint && position.step },
        ...{ trainLength: split.train.length, validationLength: split.validation?.length ?? 0 },
        testLength: pair.test.length,
      };
      for (const { onStart } of callbacks) onStart?.(start);
      await trainer.run();
    }
  } finally {
    trainer.dispose();
  }
  const { images, seconds, interrupted } = trainer;
  return new Run(net, card, device, {
    ...{ config, history: position.history, test: position.test, interrupted, alreadyFinished },
    stoppedEarly: position.stopped,
    imagesPerSecond: seconds > 0 ? images / seconds : 0,
    seconds,
  });
}

/** A model's own numbers where it has some, over pictures that were brought to its size as the data's were. */
async function trainedPreprocessing(
  own: Preprocessing | undefined,
  data: Dataset,
): Promise<Preprocessing> {
  const { fit, cropPct } = data;
  return own ? { ...own, fit, cropPct } : preprocessingOf(data);
}
