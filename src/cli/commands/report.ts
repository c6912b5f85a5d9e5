/** `convkit report RUN [DATA]`: one HTML file that shows how a run went and what its model gets wrong. */
import { join } from "node:path";
import type { Command } from "commander";
import { writeFileAtomic } from "../../formats/node.ts";
import { Segmenter } from "../../train/index.ts";
import { backend, whole } from "../arguments.ts";
import { addPictureFlags } from "../model-argument.ts";
import { addDataFlags } from "../open-data.ts";
import { count, Output, percent } from "../output.ts";
import { formatReport } from "../report/page.ts";
import { gatherReport } from "../report/report-data.ts";
import { gatherSegmentation } from "../report/segmentation-data.ts";
import { formatSegmentation } from "../report/segmentation-page.ts";
import { readRun } from "../run-records.ts";
import { openTrainedModel, type TrainedModelFlags } from "../trained-model.ts";

interface Flags extends TrainedModelFlags {
  readonly out?: string;
  readonly json?: boolean;
}

export function reportCommand(program: Command): void {
  const command = program
    .command("report")
    .description(
      "Writes a page with a run's curves, its confusion matrix and the pictures behind each cell, the worst mistakes, a table of " +
        "classes, calibration, speed, settings and the command to repeat it. The page is one file and needs no network.",
    )
    .argument("<run>", "a run directory")
    .argument(
      "[data]",
      "to test with; by default what the run was trained on, as for convkit train",
    )
    .option("--out <file>", "where the page goes (default: report.html in the run)");
  addDataFlags(addPictureFlags(command))
    .option("--best", "the best weights instead of the last")
    .option("--backend <name>", "auto, wasm or reference", backend, "auto")
    .option("--threads <n>", "default: one a core", whole(1))
    .option("--json", "one JSON object a line on standard output")
    .addHelpText(
      "after",
      `
Examples:
  convkit report runs/glyphs-lenet5
  convkit report runs/photos --best --out photos.html
  convkit report runs/mnist-lenet5 mnist:data/mnist`,
    )
    .action((run: string, data: string | undefined, flags: Flags) => report(run, data, flags));
}

async function report(run: string, given: string | undefined, flags: Flags): Promise<void> {
  const output = new Output(flags.json ?? false);
  const records = await readRun(run);
  const { model, test } = await openTrainedModel("report", run, given, flags, output);
  const file = flags.out ?? join(run, "report.html");
  const bar = output.bar("predicting {bar} {value}/{total}");
  if (model instanceof Segmenter) {
    const data = await gatherSegmentation(records, model, test, (done, total) =>
      bar.update(done, total),
    ).finally(() => bar.stop());
    await writeFileAtomic(file, formatSegmentation(data));
    const { accuracy, pictures, figures } = data;
    const { meanIoU, meanDice } = figures;
    output.say(`${file}: mean IoU ${percent(meanIoU, 2)} of ${count(pictures)} pictures`);
    output.emit({ event: "report", run, file, meanIoU, meanDice, accuracy, images: pictures });
    return;
  }
  const data = await gatherReport(records, model, test, (done, total) =>
    bar.update(done, total),
  ).finally(() => bar.stop());
  await writeFileAtomic(file, formatReport(data));
  const { accuracy, pictures, calibrationError } = data;
  output.say(`${file}: accuracy ${percent(accuracy, 2)} of ${count(pictures)} pictures`);
  output.emit({ event: "report", run, file, accuracy, images: pictures, calibrationError });
}
