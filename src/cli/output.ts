/**
 * Where words go. For people: results on stdout, remarks and bars on stderr. With `--json`: one object a line on
 * stdout, and whatever is meant for people on stderr.
 */
import { type Options, SingleBar } from "cli-progress";

export class Output {
  readonly json: boolean;

  constructor(json: boolean) {
    this.json = json;
  }

  /** For people. */
  say(text = ""): void {
    (this.json ? process.stderr : process.stdout).write(`${text}\n`);
  }

  /** For people, beside the result. */
  remark(text: string): void {
    process.stderr.write(`${text}\n`);
  }

  /** For programs. */
  emit(record: object): void {
    if (this.json) process.stdout.write(`${JSON.stringify(record)}\n`);
  }

  /** Whether people see colours where results go. */
  get colours(): boolean {
    const { stdout, stderr } = process;
    return (this.json ? stderr : stdout).isTTY === true && !process.env.NO_COLOR;
  }

  /** Characters to a line where people read; no end of them in files and pipes. */
  get width(): number {
    const { stdout, stderr } = process;
    return (this.json ? stderr : stdout).columns ?? Number.POSITIVE_INFINITY;
  }

  bar(format: string): Bar {
    return new Bar(format);
  }
}

/** A progress bar on stderr; nothing where nobody looks. */
export class Bar {
  readonly #bar: SingleBar | undefined;
  #started = false;

  constructor(format: string) {
    const options: Options = {
      format,
      stream: process.stderr,
      barCompleteChar: "█",
      barIncompleteChar: "░",
      barsize: 24,
      clearOnComplete: true,
      hideCursor: true,
      linewrap: false,
      fps: 8,
    };
    if (process.stderr.isTTY) this.#bar = new SingleBar(options);
  }

  update(done: number, total: number, fields: Record<string, string | number> = {}): void {
    if (!this.#bar) return;
    if (!this.#started) {
      this.#bar.start(total, done, fields);
      this.#started = true;
    } else this.#bar.update(done, fields);
  }

  stop(): void {
    if (this.#started) this.#bar?.stop();
    this.#started = false;
  }
}

const grouping = new Intl.NumberFormat("en-US");
/** 12,345 */
export const count = (value: number): string => grouping.format(Math.round(value));

/** 98.4 % */
export const percent = (share: number, digits = 1): string => `${(100 * share).toFixed(digits)} %`;

/** 4.2 s, 3 min 20 s */
export function duration(seconds: number): string {
  if (seconds < 10) return `${seconds.toFixed(1)} s`;
  if (seconds < 60) return `${Math.round(seconds)} s`;
  const minutes = Math.floor(seconds / 60);
  if (minutes < 60) return `${minutes} min ${Math.round(seconds - 60 * minutes)} s`;
  return `${Math.floor(minutes / 60)} h ${minutes % 60} min`;
}

/** 1.2 MiB */
export function size(bytes: number): string {
  const units = ["B", "KiB", "MiB", "GiB", "TiB"];
  let [value, unit] = [bytes, 0];
  while (value >= 1024 && unit < units.length - 1) {
    value /= 1024;
    unit++;
  }
  return `${unit === 0 || value >= 100 ? Math.round(value) : value.toFixed(1)} ${units[unit]}`;
}

/** Columns of equal width; those that hold numbers are right-aligned. */
export function columns(
  rows: readonly (readonly string[])[],
  right: readonly number[] = [],
): string {
  const widths = rows[0].map((_, i) => Math.max(...rows.map((row) => row[i].length)));
  return rows
    .map((row) =>
      row
        .map((cell, i) => (right.includes(i) ? cell.padStart(widths[i]) : cell.padEnd(widths[i])))
        .join("  ")
        .trimEnd(),
    )
    .join("\n");
}
