/**
 * `runs/NAME/`: config.json, metrics.jsonl, model.safetensors (the last weights), best.safetensors and
 * checkpoint.safetensors; beside them log.jsonl, report.html and what TensorBoard reads. Each file is written to a temporary name and renamed, so a process killed at any
 * moment leaves whole files.
 */
import { readdir, readFile, rm, stat } from "node:fs/promises";
import { join } from "node:path";
import { ConvkitError } from "../core/error.ts";
import {
  makeFolder,
  readError,
  removeEventFiles,
  removeLeftovers,
  writeFileAtomic,
} from "../formats/node.ts";
import type { RunFile, RunStore } from "./run-store.ts";

/** The checkpoint first: without it a run that is half removed is not taken for one to resume. */
const FILES: readonly RunFile[] = [
  "checkpoint.safetensors",
  "metrics.jsonl",
  "best.safetensors",
  "model.safetensors",
  "config.json",
];

/** What is written beside the run itself. */
const BESIDE = ["log.jsonl", "report.html"] as const;

/** A folder as a `RunStore`; nothing is made or removed before it is asked for. */
export class RunDirectory implements RunStore {
  /** The folder's path, as it was given. */
  readonly name: string;

  constructor(path: string) {
    this.name = path;
  }

  path(file: RunFile): string {
    return join(this.name, file);
  }

  async read(file: RunFile): Promise<Uint8Array | undefined> {
    try {
      return await readFile(this.path(file));
    } catch (cause) {
      if ((cause as NodeJS.ErrnoException).code === "ENOENT") return undefined;
      throw readError(this.path(file), cause);
    }
  }

  write(file: RunFile, content: Uint8Array | string): Promise<void> {
    return writeFileAtomic(this.path(file), content);
  }

  /** An empty folder counts as none: there is nothing in it to lose. */
  async exists(): Promise<boolean> {
    const found = await stat(this.name).catch(() => undefined);
    if (!found) return false;
    if (!found.isDirectory()) {
      throw new ConvkitError("train", `${this.name}: is a file — choose another name for the run`);
    }
    return (await readdir(this.name)).length > 0;
  }

  /** Makes the folder ready to be written to; what a killed process left half written goes. */
  async prepare(): Promise<void> {
    await makeFolder(this.name);
    for (const file of FILES) await removeLeftovers(this.path(file));
  }

  /** Removes the files of an earlier run, and nothing else. */
  async clear(): Promise<void> {
    const names = await readdir(this.name);
    if (!names.includes("config.json") && !names.includes("checkpoint.safetensors")) {
      throw new ConvkitError(
        "train",
        `${this.name}: holds files but no run of convkit's — choose another name, nothing was removed`,
      );
    }
    for (const file of [...FILES, ...BESIDE]) await rm(join(this.name, file), { force: true });
    await removeEventFiles(this.name);
  }
}

/** The run's model: `runs/x`, `runs/x/best.safetensors`, or any model file. */
export async function modelPath(run: string, which: "last" | "best" = "last"): Promise<string> {
  const found = await stat(run).catch((cause: unknown) => {
    throw readError(run, cause);
  });
  if (!found.isDirectory()) return run;
  const path = join(run, which === "best" ? "best.safetensors" : "model.safetensors");
  if (await stat(path).catch(() => undefined)) return path;
  throw new ConvkitError(
    "model",
    `${path}: is not there — the run has not finished its first epoch, or ${run} is no run; train it on with --resume`,
  );
}
