/**
 * log.jsonl: when, by what command and how fast a run was made, one line for each start and epoch. What makes a run what it is stands in
 * config.json and metrics.jsonl, which are equal for equal runs; this file never is.
 */
import { appendFile, readFile } from "node:fs/promises";
import { join } from "node:path";
import { WasmDevice } from "../backends/wasm/device.ts";
import { writeFileAtomic } from "../formats/atomic-write-node.ts";
import { writeError } from "../formats/file-error-node.ts";
import type { Device } from "../tensor/index.ts";
import type { TrainCallbacks } from "./options.ts";

export type LogRecord =
  | {
      readonly event: "start";
      /** ISO 8601. */
      readonly time: string;
      /** What a person typed, if there was a command, and in which folder. */
      readonly command?: string;
      readonly folder?: string;
      /** The data, where no checkpoint says it. */
      readonly source?: string;
      readonly backend: string;
      readonly threads: number;
      readonly resumedAt?: number;
    }
  | {
      readonly event: "epoch";
      readonly time: string;
      readonly epoch: number;
      readonly seconds: number;
      readonly imagesPerSecond: number;
    };

const FILE = "log.jsonl";

/** Appends to the log of the run in `folder` as a training goes on. */
export function runLog(
  folder: string,
  command?: string,
): TrainCallbacks & { end(): Promise<void> } {
  let written: Promise<void> = Promise.resolve();
  const add = (record: LogRecord): void => {
    const path = join(folder, FILE);
    written = written
      .then(() => appendFile(path, `${JSON.stringify(record)}\n`))
      .catch((cause: unknown) => {
        throw writeError(path, cause);
      });
    // Said by `end`; until then it is no unhandled rejection.
    written.catch(() => {});
  };
  const time = (): string => new Date().toISOString();
  return {
    onStart: ({ device, resumedAt }) =>
      add({
        ...startRecord(device, command),
        ...(resumedAt !== undefined && { resumedAt }),
      }),
    onEpoch: ({ epoch }, { seconds, imagesPerSecond }) =>
      add({ event: "epoch", time: time(), epoch, seconds, imagesPerSecond }),
    /** Resolves when all is written. */
    end: () => written,
  };
}

const startRecord = (device: Device, command?: string): LogRecord & { event: "start" } => ({
  ...{ event: "start", time: new Date().toISOString() },
  ...(command !== undefined && { command, folder: process.cwd() }),
  ...{ backend: device.name, threads: device instanceof WasmDevice ? device.threads : 1 },
});

/** The log of a run that is made all at once, of data that `source` names. */
export async function writeRunLog(
  folder: string,
  device: Device,
  { command, source }: { readonly command?: string; readonly source?: string },
): Promise<void> {
  const record: LogRecord = {
    ...startRecord(device, command),
    ...(source !== undefined && { source }),
  };
  await writeFileAtomic(join(folder, FILE), `${JSON.stringify(record)}\n`);
}

/** The lines of a run's log; none where there is no log, or where a line is damaged. */
export async function readRunLog(folder: string): Promise<LogRecord[]> {
  const text = await readFile(join(folder, FILE), "utf8").catch(() => "");
  return text.split("\n").flatMap((line) => {
    try {
      return [JSON.parse(line) as LogRecord];
    } catch {
      return []; // cut off by a kill
    }
  });
}
