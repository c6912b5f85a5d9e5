/**
 * A training as TensorBoard shows it: curves, distributions of the weights and the confusion matrix of the validation part, epoch by
 * epoch, in an event file in the run's folder.
 */

import type { EncodedPicture, Summary } from "../formats/tensorboard/event.ts";
import { EventFile } from "../formats/tensorboard/event-file-node.ts";
import { histogramOf } from "../formats/tensorboard/histogram.ts";
import { prCurveOf } from "../formats/tensorboard/pr-curve.ts";
import { encodeImage } from "../image/encode-node.ts";
import type { Image } from "../image/image.ts";
import { namedParameters } from "../nn/parameters.ts";
import type { EpochTiming, TrainCallbacks, TrainStart } from "./options.ts";
import type { DatasetPredictions } from "./predict-dataset.ts";
import type { EpochRecord } from "./records.ts";

export interface TensorBoard extends TrainCallbacks {
  /** Precision-recall curves of the first classes on the test part, and pictures: mistakes, or what a person likes. */
  addTest(test: TestFindings): void;
  /** Resolves when all is written; rejects when something could not be. */
  end(): Promise<void>;
}

export interface TestFindings extends Pick<DatasetPredictions, "probabilities"> {
  readonly labels: ArrayLike<number>;
  readonly classes: readonly string[];
  readonly confusion: readonly (readonly number[])[];
  /** By their titles. */
  readonly pictures: ReadonlyMap<string, Image>;
}

/** More curves than this nobody looks at. */
const CURVES = 50;

export function tensorBoard(folder: string): TensorBoard {
  const file = new EventFile(folder);
  let written: Promise<void> = Promise.resolve();
  const add = (
    step: number,
    make: () => readonly Summary[] | Promise<readonly Summary[]>,
  ): void => {
    written = written.then(async () => file.add(step, await make()));
    // Said by `end`; until then it is no unhandled rejection.
    written.catch(() => {});
  };
  let net: TrainStart["net"];
  let last = 0;
  return {
    onStart: (start) => {
      net = start.net;
      const text = `\`\`\`json\n${JSON.stringify(start.config, null, 2)}\n\`\`\``;
      if (start.resumedAt === undefined) add(0, () => [{ tag: "config", text }]);
    },
    onEpoch: (record, timing, validation) => {
      last = record.step;
      const weights = namedParameters(net).map(([name, parameter]) => ({
        tag: `weights/${name}`,
        histogram: histogramOf(parameter.read()),
      }));
      const confusion = validation?.confusion ?? [];
      add(record.step, async () => [
        ...scalarsOf(record, timing),
        ...weights,
        ...(confusion.length > 0 ? [await confusionOf("validation", confusion)] : []),
      ]);
    },
    addTest: (test) => add(last, () => findingsOf(test)),
    end: () => written,
  };
}

function scalarsOf(record: EpochRecord, { imagesPerSecond }: EpochTiming): Summary[] {
  const { loss, accuracy, valLoss, valAccuracy, learningRate, measures = {} } = record;
  const values: [string, number | undefined][] = [
    ["loss/train", loss],
    ["loss/validation", valLoss],
    ["accuracy/train", accuracy],
    ["accuracy/validation", valAccuracy],
    ...Object.entries(measures).map(([name, value]): [string, number] => [
      `${name}/validation`,
      value,
    ]),
    ["learning_rate", learningRate],
    ["images_per_second", imagesPerSecond],
  ];
  return values.flatMap(([tag, scalar]) =>
    scalar === undefined || Number.isNaN(scalar) ? [] : [{ tag, scalar }],
  );
}

async function findingsOf(test: TestFindings): Promise<Summary[]> {
  const { probabilities, labels, classes, confusion, pictures } = test;
  const examples = Array.from(labels);
  const curves = classes.slice(0, CURVES).map((name, c) => ({
    tag: `precision_recall/${name}`,
    prCurve: prCurveOf(
      examples.map((_, i) => probabilities[i * classes.length + c]),
      examples.map((label) => label === c),
    ),
  }));
  const shown = await Promise.all(
    [...pictures].map(async ([tag, image]) => ({ tag, image: await pictureOf(image) })),
  );
  return [...curves, await confusionOf("test", confusion), ...shown];
}

async function pictureOf(image: Image): Promise<EncodedPicture> {
  const { width, height, channels } = image;
  return { width, height, channels, png: await encodeImage(image, "png") };
}

/** Pixels of the whole matrix, about. */
const MATRIX = 320;

/** Rows are true classes, columns predicted ones; from white for none to dark blue for the whole row. */
async function confusionOf(
  part: string,
  confusion: readonly (readonly number[])[],
): Promise<Summary> {
  const cell = Math.max(1, Math.floor(MATRIX / confusion.length));
  const side = cell * confusion.length;
  const data = new Uint8Array(3 * side * side);
  for (let y = 0, at = 0; y < side; y++) {
    const row = confusion[Math.floor(y / cell)];
    const total = row.reduce((sum, n) => sum + n, 0) || 1;
    for (let x = 0; x < side; x++, at += 3) {
      const share = row[Math.floor(x / cell)] / total;
      data.set([255 - 232 * share, 255 - 179 * share, 255 - 125 * share].map(Math.round), at);
    }
  }
  const image = await pictureOf({ width: side, height: side, channels: 3, data });
  return { tag: `confusion/${part}`, image };
}
