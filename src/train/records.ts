/** What a run says of itself, epoch by epoch: the lines of metrics.jsonl. No times: equal runs are equal files. */
export interface EpochRecord {
  /** From 1. */
  readonly epoch: number;
  /** Steps so far. */
  readonly step: number;
  /** Means over the epoch's training pictures, each as it was before its step. */
  readonly loss: number;
  readonly accuracy: number;
  readonly valLoss?: number;
  readonly valAccuracy?: number;
  /** Of the last step. */
  readonly learningRate: number;
}

export interface TestRecord {
  readonly loss: number;
  readonly accuracy: number;
  readonly confusion: readonly (readonly number[])[];
}

/** A line for each epoch, and one for the test at the end. */
export function formatMetrics(history: readonly EpochRecord[], test?: TestRecord): string {
  const lines = history.map((record) => JSON.stringify({ event: "epoch", ...record }));
  if (test) {
    const { loss, accuracy } = test;
    lines.push(JSON.stringify({ event: "test", loss, accuracy }));
  }
  return lines.map((line) => `${line}\n`).join("");
}

/** Whether `a` is better: by accuracy, then by loss, of the validation where there is one. */
export function isBetter(a: EpochRecord, b: EpochRecord): boolean {
  const [accuracyA, accuracyB] = [a.valAccuracy ?? a.accuracy, b.valAccuracy ?? b.accuracy];
  if (accuracyA !== accuracyB) return accuracyA > accuracyB;
  return (a.valLoss ?? a.loss) < (b.valLoss ?? b.loss);
}
