/**
 * `convkit train` as a process of its own: a fault in one of many trainings ends that one alone, and its memory is given back. A run
 * that is there already is gone on with, or taken as it is when it was finished.
 */
import { spawn } from "node:child_process";
import { createInterface } from "node:readline";
import { ConvkitError } from "../core/index.ts";
import { type RunRecords, readRun } from "./run-records.ts";
import { UsageError } from "./usage.ts";

export interface ChildTraining {
  /** Words behind `convkit train`. */
  readonly words: readonly string[];
  readonly out: string;
  readonly onEpoch?: (epoch: { readonly epoch: number; readonly valAccuracy?: number }) => void;
}

/** Ended by Ctrl-C, after a checkpoint. */
export class Interrupted extends Error {}

/** Resolves to what the finished run says of itself; throws what the training said when it failed. */
export async function trainInChild(training: ChildTraining): Promise<RunRecords> {
  const { words, out, onEpoch } = training;
  const own = ["--out", out, "--resume", "--no-report", "--json"];
  const args = [...process.execArgv, process.argv[1], "train", ...words, ...own];
  const child = spawn(process.execPath, args, { stdio: ["ignore", "pipe", "ignore"] });
  let message: string | undefined;
  createInterface(child.stdout).on("line", (line) => {
    const event = JSON.parse(line);
    if (event.event === "epoch") onEpoch?.(event);
    if (event.event === "error") message = event.message;
  });
  // A terminal tells both of Ctrl-C, a process manager this one alone.
  const pass = (signal: NodeJS.Signals): boolean => child.kill(signal);
  const signals = ["SIGINT", "SIGTERM"] as const;
  for (const signal of signals) process.on(signal, pass);
  const code = await new Promise<number | null>((resolve, reject) => {
    child.on("error", reject).on("close", resolve);
  }).finally(() => {
    for (const signal of signals) process.off(signal, pass);
  });
  if (code === 130 || code === 143) throw new Interrupted();
  if (code !== 0) {
    const text = message ?? `${out}: the training ended with exit code ${code}`;
    throw code === 2 ? new UsageError("train", text) : new ConvkitError("train", text);
  }
  return readRun(out);
}
