/** What a measure of classifiers is told of its task, and the checks on what it is fed. */
import { ConvkitError } from "../core/error.ts";

/**
 * With neither `classes` nor `labels` the task is binary: one score an example, the labels are 0 and 1.
 */
export interface TaskOptions {
  /** Multi-class: how many classes. Scores N×K, and N labels from 0 to K − 1. */
  readonly classes?: number;
  /** Multi-label: how many labels. Scores N×L, and labels N×L that are 0 or 1. */
  readonly labels?: number;
  /**
   * For maps (segmentation): how many pixels an image has. Scores are N×K×pixels and labels N×pixels, as a network gives
   * them. 1 by default.
   */
  readonly pixels?: number;
  /** Examples, pixels or entries with this label do not count; it may lie outside the classes. None by default. */
  readonly ignoreIndex?: number;
}

export interface Task {
  readonly where: string;
  readonly kind: "binary" | "classes" | "labels";
  /** How many scores an example (or pixel) has: 1, K or L. */
  readonly width: number;
  readonly pixels: number;
  readonly ignoreIndex: number | undefined;
}

export function taskOf(where: string, options: TaskOptions): Task {
  const { classes, labels, pixels = 1, ignoreIndex } = options;
  if (classes !== undefined && labels !== undefined) {
    throw new ConvkitError(
      where,
      `got ${classes} classes and ${labels} labels — give classes where they exclude each other, labels where not`,
    );
  }
  for (const [name, size] of Object.entries({ classes, labels, pixels })) {
    if (size !== undefined && !(Number.isInteger(size) && size > 0)) {
      throw new ConvkitError(where, `${size} ${name} — a whole number from 1 is needed`);
    }
  }
  const kind = classes !== undefined ? "classes" : labels !== undefined ? "labels" : "binary";
  return { where, kind, width: classes ?? labels ?? 1, pixels, ignoreIndex };
}

/** A label of the multi-label task is one entry of L; of the others one of an example or pixel. */
export function checkLengths(
  task: Task,
  scores: ArrayLike<number>,
  labels: ArrayLike<number>,
): void {
  const { where, kind, width, pixels } = task;
  const scoresPerLabel = kind === "classes" ? width : 1;
  const whole = kind === "labels" ? width * pixels : pixels;
  if (scores.length === scoresPerLabel * labels.length && labels.length % whole === 0) return;
  const times = pixels > 1 ? `×${pixels} pixels` : "";
  const wanted = {
    binary: `N${times} of both`,
    classes: `scores N×${width}${times} and labels N${times}`,
    labels: `N×${width}${times} of both`,
  }[kind];
  throw new ConvkitError(
    where,
    `${scores.length} scores and ${labels.length} labels do not go together — give ${wanted}`,
  );
}

/** How many values a label may have. */
export const labelRange = (task: Task): number => (task.kind === "classes" ? task.width : 2);

/** Whether `label` is a whole number from 0 to `range` − 1. */
export const isLabel = (label: number, range: number): boolean =>
  label >>> 0 === label && label < range;

/** False for a label that does not count; one that cannot be is refused. */
export function counts(task: Task, label: number): boolean {
  if (label === task.ignoreIndex) return false;
  if (!isLabel(label, labelRange(task))) throw badLabel(task, label);
  return true;
}

export function badLabel(task: Task, label: number, what = "label"): ConvkitError {
  const ignored =
    task.ignoreIndex === undefined ? "" : `, nor is it the ignored ${task.ignoreIndex}`;
  return new ConvkitError(
    task.where,
    `${what} ${label} is not below ${labelRange(task)} and whole${ignored} — classes count from 0`,
  );
}
