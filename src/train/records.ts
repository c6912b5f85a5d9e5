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
  /** What else the task measures on the validation part, by its name. */
  readonly measures?: Readonly<Record<string, number>>;
  /** Of the last step. */
  readonly learningRate: number;
}

export interface TestRecord {
  readonly loss: number;
  readonly accuracy: number;
  readonly confusion: readonly (readonly number[])[];
  readonly measures?: Readonly<Record<string, number>>;
}

/** A line for each epoch, and one for the test at the end. */
export function formatMetrics(history: readonly EpochRecord[], test?: TestRecord): string {
  const lines = history.map((record) => JSON.stringify({ event: "epoch", ...record }));
  if (test) {
    const { loss, accuracy, measures } = test;
    lines.push(JSON.stringify({ event: "test", loss, accuracy, measures }));
  }
  return lines.map((line) => `${line}\n`).join("");
}

/** Whether `a` is better: by what the task watches, then by loss, of the validation where there is one. */
export function isBetter(a: EpochRecord, b: EpochRecord, monitor: string): boolean {
  const [now, before] = [watched(a, monitor), watched(b, monitor)];
  if (now !== before) return now > before;
  return lossOf(a) < lossOf(b);
}

const lossOf = ({ loss, valLoss }: EpochRecord): number => valLoss ?? loss;

function watched(record: EpochRecord, monitor: string): number {
  if (monitor === "loss") return -lossOf(record);
  const { accuracy, valAccuracy, measures } = record;
  return measures?.[monitor] ?? valAccuracy ?? accuracy;
}
