/** What a training says as it goes: what it is about to do, a bar for each epoch, a line at its end. */
import type { DatasetPair } from "../data/index.ts";
import type {
  OptimizerSettings,
  TrainCallbacks,
  TrainConfig,
  TrainProgress,
} from "../train/index.ts";
import { describeDevice, threadsOf } from "./device-line.ts";
import { type Bar, columns, count, duration, type Output, percent } from "./output.ts";
import { formatSchedule } from "./schedule-words.ts";

export interface Report extends TrainCallbacks {
  /** Takes the bar away, also after a failure. */
  end(): void;
}

interface Subject {
  readonly pair: DatasetPair;
  readonly model: string;
  /** Of one picture. */
  readonly macs: number;
  readonly out: string;
  readonly optimizer: OptimizerSettings;
}

export function reportProgress(output: Output, subject: Subject): Report {
  const notes: string[] = [];
  let started = false;
  let bar: Bar | undefined;
  let phase = "";
  const end = (): void => {
    bar?.stop();
    bar = undefined;
  };
  const onProgress = (progress: TrainProgress): void => {
    const now = `${progress.phase} ${progress.epoch}`;
    if (now !== phase) {
      end();
      phase = now;
      bar = output.bar(`{what} {bar} {percentage} %  {rest}`);
    }
    bar?.update(progress.done, progress.total, {
      what: `${progress.phase} ${progress.epoch}/${progress.epochs}`.padEnd(14),
      rest: restOf(progress),
    });
    if (progress.done >= progress.total) end();
  };
  return {
    end,
    onProgress,
    onNote: (note) => {
      if (started) output.remark(note);
      else notes.push(note);
    },
    onStart: (start) => {
      started = true;
      const { config, device, resumedAt } = start;
      const { pair, model, macs, out } = subject;
      const { optimizer } = config;
      const { accumulate } = optimizer;
      const steps = Math.ceil(start.trainLength / config.batch);
      output.say(
        columns([
          [
            "data",
            `${pair.train.name}: ${count(start.trainLength)} pictures to train on, ` +
              `${count(start.validationLength)} to validate, ${count(start.testLength)} to test; ` +
              `${config.classes.length} classes, ${config.inputShape.join("×")}`,
          ],
          [
            "model",
            `${model}: ${count(config.parameters)} parameters, ${count(macs)} multiply-adds a picture`,
          ],
          ...notes.map((note) => ["", note]),
          ["backend", describeDevice(device)],
          [
            "training",
            `${config.recipe ? `${config.recipe}: ` : ""}${lengthOf(config)} of ${count(steps)} ${accumulate ? "batches" : "steps"}, batch ${config.batch}` +
              `${accumulate ? `, ${accumulate} to a step` : ""}; ${optimizer.name}, ` +
              `learning rate ${optimizer.lr}, ${formatSchedule(config.schedule)}; seed ${config.seed}`,
          ],
          ["run", resumedAt === undefined ? out : `${out}, resumed after step ${count(resumedAt)}`],
        ]),
      );
      output.say();
      output.emit({
        event: "start",
        run: out,
        model,
        data: config.data.name,
        parameters: config.parameters,
        ...{ train: start.trainLength, validation: start.validationLength, test: start.testLength },
        ...{ recipe: config.recipe, minutes: config.minutes },
        ...{ epochs: config.epochs, batch: config.batch, seed: config.seed },
        ...{ backend: device.name, threads: threadsOf(device) },
        resumedAt: resumedAt ?? null,
        notes,
      });
    },
    onEpoch: (record, { seconds, imagesPerSecond }) => {
      end();
      const { epoch, loss, accuracy, valLoss, valAccuracy, measures } = record;
      const parts = [
        `epoch ${epoch}`,
        `loss ${loss.toFixed(4)}`,
        `accuracy ${percent(accuracy)}`,
        ...(valLoss === undefined
          ? []
          : [`validation ${percent(valAccuracy as number)} (loss ${valLoss.toFixed(4)})`]),
        ...(measures?.meanIoU === undefined ? [] : [`mean IoU ${percent(measures.meanIoU)}`]),
        `${count(imagesPerSecond)} images/s`,
        duration(seconds),
      ];
      output.say(parts.join("  "));
      output.emit({ event: "epoch", ...record, imagesPerSecond, seconds });
    },
  };
}

function lengthOf({ minutes, epochs }: TrainConfig): string {
  if (minutes !== null) return `${minutes} ${minutes === 1 ? "minute" : "minutes"}, epochs`;
  return `${epochs} ${epochs === 1 ? "epoch" : "epochs"}`;
}

function restOf({ done, total, loss, imagesPerSecond }: TrainProgress): string {
  if (loss === undefined || !imagesPerSecond) return "";
  const left = duration((total - done) / imagesPerSecond);
  return `loss ${loss.toFixed(4)}  ${count(imagesPerSecond)} images/s  ${left} left`;
}
