/** Writes a run's report beside the run's other files. */
import type { Dataset } from "../../data/index.ts";
import { writeFileAtomic } from "../../formats/node.ts";
import type { Classifier } from "../../train/index.ts";
import { readRun } from "../run-records.ts";
import { formatReport } from "./page.ts";
import { gatherReport, type ReportData } from "./report-data.ts";

export interface ReportSubject {
  /** The run's folder. */
  readonly run: string;
  readonly model: Classifier;
  readonly test: Dataset;
  /** Where the page goes. */
  readonly file: string;
}

export async function writeReport(
  { run, model, test, file }: ReportSubject,
  onProgress?: (done: number, total: number) => void,
): Promise<ReportData> {
  const data = await gatherReport(await readRun(run), model, test, onProgress);
  await writeFileAtomic(file, formatReport(data));
  return data;
}
