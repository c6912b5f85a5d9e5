/** What a run's report shows: its history, and what the trained model says of every test picture. */
import { type Dataset, pictureAt } from "../../data/index.ts";
import {
  type ClassificationReport,
  classificationReport,
} from "../../metrics/classification-report.ts";
import { expectedCalibrationError } from "../../metrics/expected-calibration-error.ts";
import { type ReliabilityBin, reliabilityDiagram } from "../../metrics/reliability-diagram.ts";
import { type Classifier, predictDataset } from "../../train/index.ts";
import type { RunRecords } from "../run-records.ts";
import { type PagePicture, pagePicture } from "./page-picture.ts";

/** A test picture as it is shown. */
export interface ShownPicture extends PagePicture {
  readonly truth: number;
  readonly predicted: number;
  /** Of the predicted class. */
  readonly confidence: number;
  /** Of its true class. */
  readonly probability: number;
  readonly name: string;
}

export interface ReportData extends RunRecords {
  readonly classes: readonly string[];
  readonly pictures: number;
  /** Of the test pictures, N×K, and their true classes. */
  readonly probabilities: Float32Array;
  readonly labels: Int32Array;
  readonly accuracy: number;
  readonly confusion: readonly (readonly number[])[];
  readonly table: ClassificationReport;
  readonly bins: readonly ReliabilityBin[];
  readonly calibrationError: number;
  readonly imagesPerSecond: number;
  /** Of test pictures, by their number: those behind cells and the worst mistakes. */
  readonly shown: ReadonlyMap<number, ShownPicture>;
  /** Numbers of the pictures behind each cell that is shown, `truth,predicted`. */
  readonly cells: ReadonlyMap<string, readonly number[]>;
  /** Numbers of the mistakes with the least probability of the truth, the worst first. */
  readonly worst: readonly number[];
}

/** So many pictures behind a cell, in all, and among the worst mistakes. */
const limits = { cell: 12, all: 480, worst: 24 } as const;

export async function gatherReport(
  records: RunRecords,
  model: Classifier,
  test: Dataset,
  onProgress?: (done: number, total: number) => void,
): Promise<ReportData> {
  const { probabilities, predicted, imagesPerSecond } = await predictDataset(
    model,
    test,
    onProgress,
  );
  const { classes, labels, length } = test;
  const k = classes.length;
  const table = classificationReport({ classes: k, names: classes });
  const diagram = reliabilityDiagram({ classes: k });
  const error = expectedCalibrationError({ classes: k });
  const confusion = classes.map(() => new Array<number>(k).fill(0));
  const cells = new Map<string, number[]>();
  for (const measure of [diagram, error]) measure.update(probabilities, labels);
  table.update(probabilities, labels);
  for (let i = 0; i < length; i++) {
    confusion[labels[i]][predicted[i]]++;
    const cell = `${labels[i]},${predicted[i]}`;
    cells.set(cell, [...(cells.get(cell) ?? []), i]);
  }
  const truthOf = (i: number): number => probabilities[i * k + labels[i]];
  const worst = [...labels.keys()]
    .filter((i) => labels[i] !== predicted[i])
    .sort((a, b) => truthOf(a) - truthOf(b) || a - b)
    .slice(0, limits.worst);
  const chosen = choose(cells, truthOf);
  const shown = new Map<number, ShownPicture>();
  for (const i of new Set([...worst, ...[...chosen.values()].flat()])) {
    const image = await pictureAt(test, i);
    shown.set(i, {
      ...{ truth: labels[i], predicted: predicted[i], probability: truthOf(i) },
      ...{ confidence: probabilities[i * k + predicted[i]], name: nameOf(test, i) },
      ...(await pagePicture(image)),
    });
  }
  const hits = confusion.reduce((sum, row, i) => sum + row[i], 0);
  return {
    ...records,
    ...{ classes, pictures: length, probabilities, labels, accuracy: hits / length },
    ...{ confusion, table: table.value },
    ...{ bins: diagram.value, calibrationError: error.value, imagesPerSecond },
    ...{ shown, cells: chosen, worst },
  };
}

/** Mistakes come first, the worst of them first; hits have what is left of the room. */
function choose(
  cells: ReadonlyMap<string, readonly number[]>,
  truthOf: (i: number) => number,
): Map<string, number[]> {
  const isHit = (cell: string): boolean => cell.split(",")[0] === cell.split(",")[1];
  const order = [...cells].sort(
    ([a, as], [b, bs]) => Number(isHit(a)) - Number(isHit(b)) || bs.length - as.length,
  );
  const chosen = new Map<string, number[]>();
  let room: number = limits.all;
  for (const [cell, members] of order) {
    const some = members.toSorted((a, b) => truthOf(a) - truthOf(b) || a - b);
    const part = some.slice(0, Math.min(limits.cell, room));
    room -= part.length;
    if (part.length > 0) chosen.set(cell, part);
  }
  return chosen;
}

export const nameOf = (test: Dataset, i: number): string =>
  "files" in test ? (test.files[i].name.split(/[\\/]/).at(-1) ?? "") : `picture ${i}`;
