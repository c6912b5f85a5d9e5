/** What a run's folder says of the run: config.json, metrics.jsonl and log.jsonl. */
import { ConvkitError } from "../core/index.ts";
import type { EpochRecord, TrainConfig } from "../train/index.ts";
import { type LogRecord, RunDirectory, readRunLog } from "../train/node.ts";

export interface RunRecords {
  /** The run's folder. */
  readonly run: string;
  readonly config: TrainConfig;
  readonly history: readonly EpochRecord[];
  /** Undefined until the run is finished. */
  readonly test: { readonly loss: number; readonly accuracy: number } | undefined;
  readonly log: readonly LogRecord[];
  /** What was typed to begin it. */
  readonly command: string | undefined;
}

/** Throws where the folder holds no run, or one whose files are damaged. */
export async function readRun(run: string): Promise<RunRecords> {
  const directory = new RunDirectory(run);
  const [config, metrics] = await Promise.all([
    textOf(directory, "config.json"),
    textOf(directory, "metrics.jsonl"),
  ]);
  if (config === undefined) {
    throw new ConvkitError(
      "run",
      `${run}: holds no run, there is no config.json — name a run's folder`,
    );
  }
  const lines = (metrics ?? "").split("\n").filter(Boolean);
  const records = lines.map((line) => parse(line, directory.path("metrics.jsonl")));
  const log = await readRunLog(run);
  const first = log.find((record) => record.event === "start");
  return {
    ...{ run, config: parse(config, directory.path("config.json")) as unknown as TrainConfig },
    history: records.filter(({ event }) => event === "epoch") as unknown as EpochRecord[],
    test: records.find(({ event }) => event === "test") as RunRecords["test"],
    ...{ log, command: first?.command },
  };
}

async function textOf(
  directory: RunDirectory,
  file: "config.json" | "metrics.jsonl",
): Promise<string | undefined> {
  const bytes = await directory.read(file);
  return bytes && new TextDecoder().decode(bytes);
}

function parse(text: string, file: string): Readonly<Record<string, unknown>> {
  try {
    return JSON.parse(text);
  } catch (cause) {
    throw new ConvkitError("run", `${file}: is damaged — train the run anew`, { cause });
  }
}
