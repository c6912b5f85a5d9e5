/** Figures of a segmentation for people: the means, and a line for each class. */
import { classFigures } from "../train/class-figures.ts";
import type { TestRecord } from "../train/index.ts";
import { columns, count, percent } from "./output.ts";

export function formatSegmentation(
  { accuracy, loss, confusion }: TestRecord,
  classes: readonly string[],
): string {
  const { meanIoU, meanDice, table } = classFigures(confusion);
  const means = `mean IoU ${percent(meanIoU, 2)}, Dice ${percent(meanDice, 2)}, pixels right ${percent(accuracy, 2)}, loss ${loss.toFixed(4)}`;
  const share = (value: number): string => (Number.isNaN(value) ? "–" : percent(value));
  const rows = table.map(({ iou, dice, precision, recall, pixels }, i) => [
    classes[i],
    ...[iou, dice, precision, recall].map(share),
    count(pixels),
  ]);
  const head = ["class", "IoU", "Dice", "precision", "recall", "pixels"];
  return `${means}\n\n${columns([head, ...rows], [1, 2, 3, 4, 5])}`;
}
