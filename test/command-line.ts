/** Runs the command line as people do, in processes of its own. */
import { type ChildProcess, spawn } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, expect, vi } from "vitest";
import { runCommandLine } from "../src/cli/command-line.ts";

export const root = join(import.meta.dirname, "..");
const launcher = join(root, "bin/convkit.js");

export interface Finished {
  readonly code: number | null;
  readonly stdout: string;
  readonly stderr: string;
  /** The lines of stdout that are JSON. */
  readonly events: Record<string, unknown>[];
}

export interface Running {
  readonly process: ChildProcess;
  readonly done: Promise<Finished>;
  /** Resolves when stdout holds the text; rejects when the process ends before. */
  until(text: string): Promise<void>;
}

export function start(words: readonly string[], cwd = root): Running {
  // Started as npm starts it: the project's Node itself, so that a signal reaches the run.
  const child = spawn(process.execPath, [launcher, ...words], { cwd });
  let [stdout, stderr] = ["", ""];
  const waiting = new Set<() => void>();
  child.stdout.setEncoding("utf8").on("data", (text: string) => {
    stdout += text;
    for (const look of waiting) look();
  });
  child.stderr.setEncoding("utf8").on("data", (text: string) => {
    stderr += text;
  });
  const done = new Promise<Finished>((resolve) => {
    child.on("close", (code) => {
      for (const look of waiting) look();
      const events = stdout.split("\n").filter((line) => line.startsWith("{"));
      resolve({ code, stdout, stderr, events: events.map((line) => JSON.parse(line)) });
    });
  });
  const until = (text: string) =>
    new Promise<void>((resolve, reject) => {
      const look = () => {
        if (stdout.includes(text)) resolve();
        else if (child.exitCode === null) return;
        else reject(new Error(`ended without "${text}": ${stderr}`));
        waiting.delete(look);
      };
      waiting.add(look);
      look();
    });
  return { process: child, done, until };
}

export const convkit = (...words: string[]): Promise<Finished> => start(words).done;

/**
 * The same in this process: a new one for each of many cases would take most of a file's time. What ends the
 * process, such as a signal, is no matter for it.
 */
export async function inProcess(...words: string[]): Promise<Finished> {
  const streams = [process.stdout, process.stderr].map((stream) =>
    vi.spyOn(stream, "write").mockReturnValue(true),
  );
  try {
    const code = await runCommandLine(words);
    const [stdout, stderr] = streams.map(({ mock }) => mock.calls.map(([text]) => text).join(""));
    return { code, stdout, stderr, events: [] };
  } finally {
    for (const stream of streams) stream.mockRestore();
  }
}

/** A folder that goes when the tests of the file are done. */
export function temporaryFolder(): string {
  const path = mkdtempSync(join(tmpdir(), "convkit-test-"));
  afterAll(() => rmSync(path, { recursive: true, force: true }));
  return path;
}

export const RUN_FILES = [
  "config.json",
  "metrics.jsonl",
  "model.safetensors",
  "best.safetensors",
  "checkpoint.safetensors",
];

export function expectEqualRuns(a: string, b: string): void {
  for (const file of RUN_FILES) {
    const [left, right] = [readFileSync(join(a, file)), readFileSync(join(b, file))];
    expect(left.equals(right), file).toBe(true);
  }
}
