/** What a training says at its end: the test, where the model is, a predicted sample; or how to go on. */
import { type Dataset, pictureAt } from "../data/index.ts";
import { type Run, type RunResult, SegmentationRun } from "../train/index.ts";
import { RunDirectory } from "../train/node.ts";
import { formatConfusion } from "./confusion.ts";
import type { Interrupts } from "./interrupts.ts";
import { count, duration, type Output, percent } from "./output.ts";
import { drawPicture } from "./picture.ts";
import { formatSegmentation } from "./segmentation-figures.ts";

export function tellInterrupted(
  output: Output,
  run: RunResult,
  out: string,
  resume: string,
  interrupts: Interrupts,
): void {
  output.say(`\ninterrupted; a checkpoint is saved in ${out}`);
  output.say(`go on with: ${resume}`);
  output.emit({ event: "interrupted", run: out, epochs: run.history.length, resume });
  process.exitCode = interrupts.exitCode;
}

export async function tellDone(
  output: Output,
  run: Run | SegmentationRun,
  test: Dataset,
  out: string,
  seconds: number,
): Promise<void> {
  const { accuracy, loss, confusion, measures } = run.test as NonNullable<Run["test"]>;
  if (run.alreadyFinished) output.say(`${out} is finished already, nothing was trained`);
  if (run.stoppedEarly) output.say(`stopped early, after ${run.history.length} epochs`);
  if (run instanceof SegmentationRun) {
    output.say(
      `\ntest on ${count(test.length)} pictures: ${formatSegmentation({ accuracy, loss, confusion }, test.classes)}`,
    );
  } else {
    output.say(
      `\ntest accuracy ${percent(accuracy, 2)} of ${count(test.length)} pictures, loss ${loss.toFixed(4)}`,
    );
    output.say(`\n${formatConfusion(confusion, test.classes)}`);
  }
  if (!run.alreadyFinished) {
    output.say(`\n${duration(seconds)} in all, ${count(run.imagesPerSecond)} images/s in training`);
  }
  const directory = new RunDirectory(out);
  output.say(`model saved in ${directory.path("model.safetensors")}`);
  if (!(run instanceof SegmentationRun)) await drawSample(output, run, test);
  output.emit({
    event: "done",
    run: out,
    epochs: run.history.length,
    accuracy,
    loss,
    imagesPerSecond: run.imagesPerSecond,
    seconds,
    confusion,
    measures,
    stoppedEarly: run.stoppedEarly,
    alreadyFinished: run.alreadyFinished,
  });
}

/** The first test picture, and what the model takes it for. */
async function drawSample(output: Output, run: Run, test: Dataset): Promise<void> {
  const image = await pictureAt(test, 0);
  const { label, probability } = await run.predict(image);
  output.say(`\n${drawPicture(image, output.colours)}`);
  const truth = test.classes[test.labels[0]];
  output.say(`predicted ${label} (${percent(probability)}), it is ${truth}`);
}
