/** After a training: the report into the run's folder, and what TensorBoard shows of the test. */
import { join } from "node:path";
import { type Dataset, pictureAt } from "../../data/index.ts";
import { writeFileAtomic } from "../../formats/node.ts";
import type { Image } from "../../image/index.ts";
import { type Classifier, SegmentationRun } from "../../train/index.ts";
import type { TensorBoard } from "../../train/node.ts";
import type { Output } from "../output.ts";
import { readRun } from "../run-records.ts";
import { formatReport } from "./page.ts";
import { gatherReport, type ReportData, type ShownPicture } from "./report-data.ts";
import { gatherSegmentation } from "./segmentation-data.ts";
import { formatSegmentation } from "./segmentation-page.ts";

/** What is looked at afterwards, beside the run: a fault in making it is no fault of the run. */
export async function tellReport(
  output: Output,
  run: Classifier | SegmentationRun,
  test: Dataset,
  out: string,
  wanted: boolean,
  board: TensorBoard | undefined,
): Promise<void> {
  const bar = output.bar("reporting {bar} {value}/{total}");
  try {
    const records = await readRun(out);
    const file = join(out, "report.html");
    if (run instanceof SegmentationRun) {
      const data = await gatherSegmentation(records, run, test, (done, total) =>
        bar.update(done, total),
      );
      bar.stop();
      if (board) await tellBoard(output, board, out);
      if (wanted) await tellPage(output, file, formatSegmentation(data));
      return;
    }
    const data = await gatherReport(records, run, test, (done, total) => bar.update(done, total));
    bar.stop();
    output.say();
    if (board) {
      board.addTest({ ...data, pictures: await mistakes(data, test) });
      await tellBoard(output, board, out);
    }
    if (wanted) await tellPage(output, file, formatReport(data));
  } catch (error) {
    bar.stop();
    output.remark(`no report was written: ${error instanceof Error ? error.message : error}`);
  }
}

async function tellBoard(output: Output, board: TensorBoard, out: string): Promise<void> {
  await board.end();
  output.say(`for TensorBoard: tensorboard --logdir ${out}`);
}

async function tellPage(output: Output, file: string, page: string): Promise<void> {
  await writeFileAtomic(file, page);
  output.say(`report in ${file}`);
}

async function mistakes({ worst, shown }: ReportData, test: Dataset): Promise<Map<string, Image>> {
  const pictures = await Promise.all(
    worst.map(async (i, place): Promise<[string, Image]> => {
      const { truth, predicted } = shown.get(i) as ShownPicture;
      const names = `${test.classes[truth]} taken for ${test.classes[predicted]}`;
      return [`mistakes/${place + 1}, ${names}`, await pictureAt(test, i)];
    }),
  );
  return new Map(pictures);
}
