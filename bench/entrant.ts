/** One peer at one thread count on one workload, its process for a round, and what its rounds came to. */
import { execFile } from "node:child_process";
import { existsSync } from "node:fs";
import { join } from "node:path";
import type { Answer, Job } from "./job.ts";
import { type Peer, pythons, type Slow } from "./peers.ts";
import { median, ratios, type Spread, spread } from "./statistics.ts";
import type { Workload } from "./workloads.ts";

const timeout = 240_000;

export interface Budget {
  readonly seconds: number;
  readonly rounds: number;
}

/** One line of the result. */
export interface Result {
  readonly workload: string;
  readonly peer: string;
  readonly threads: number;
  readonly version?: string;
  /** Only when the peer got fewer images than the workload's. */
  readonly batch?: number;
  readonly rounds?: number;
  readonly imagesPerSecond?: number;
  readonly low?: number;
  readonly high?: number;
  /** Median of one step of the workload's batch, or of `batch`. */
  readonly ms?: number;
  readonly peakMB?: number;
  /** convkit's images per second ÷ this peer's, both at this thread count: median, least and most of the rounds. */
  readonly ratio?: number;
  readonly ratioLow?: number;
  readonly ratioHigh?: number;
  readonly skipped?: string;
  readonly error?: string;
}

export class Entrant {
  readonly workload: Workload;
  readonly peer: Peer;
  readonly threads: number;
  readonly slow: Slow | undefined;
  /** Images per second of each round. */
  readonly speeds = new Map<number, number>();
  readonly answers: { ms: number; peakMB: number; version?: string }[] = [];
  error: string | undefined;
  skipped: string | undefined;

  constructor(workload: Workload, peer: Peer, threads: number) {
    this.workload = workload;
    this.peer = peer;
    this.threads = threads;
    this.slow = peer.slow?.(workload);
    this.skipped = peer.cannot?.(workload);
  }

  get batch(): number {
    return this.slow?.batch ?? this.workload.batch;
  }

  runsIn(round: number): boolean {
    if (this.error !== undefined || this.skipped !== undefined) return false;
    return this.slow === undefined || round < this.slow.rounds;
  }

  async run(round: number, budget: Budget): Promise<void> {
    try {
      const answer = this.peer.script
        ? await this.#runScript(this.peer.script, budget)
        : await this.#runConvkit();
      this.speeds.set(round, (this.batch * 1000) / answer.ms);
      this.answers.push(answer);
    } catch (error) {
      this.error = (error as Error).message;
    }
  }

  async #runConvkit() {
    const { name } = this.workload;
    const launcher = join(import.meta.dirname, "../bin/convkit.js");
    const args = [launcher, "bench", name, "--json", "--threads", String(this.threads)];
    const { ms, peakMB } = await lastLine<Result>(process.execPath, args, this.threads);
    if (!(Number(ms) > 0)) throw new Error("convkit bench gave no time");
    return { ms: ms as number, peakMB: peakMB as number };
  }

  async #runScript(script: string, { seconds }: Budget): Promise<Answer> {
    const { task, network } = this.workload;
    const { input, parameters, layers } = network;
    const job: Job = {
      ...{ task, batch: this.batch, input, classes: 10, parameters, layers },
      ...{ threads: this.threads, variant: this.peer.variant?.(this.workload) },
      ...(this.slow ? { seconds: 0, minSteps: 1, warmup: 1 } : { seconds, minSteps: 5, warmup: 3 }),
    };
    const command = script.endsWith(".py")
      ? (pythons.find((python) => !python.startsWith("/") || existsSync(python)) as string)
      : process.execPath;
    const args = [join(import.meta.dirname, "peers", script), JSON.stringify(job)];
    const answer = await lastLine<Answer>(command, args, this.threads);
    if (answer.parameters !== parameters) {
      throw new Error(`built ${answer.parameters} parameters instead of ${parameters}`);
    }
    if (task === "train" && !Number.isFinite(answer.loss)) throw new Error(`loss ${answer.loss}`);
    return answer;
  }

  result(convkit: Entrant | undefined): Result {
    const { workload, peer, threads, skipped, error } = this;
    const base = { workload: workload.name, peer: peer.name, threads };
    if (skipped !== undefined) return { ...base, skipped };
    if (this.speeds.size === 0) return { ...base, error: error ?? "was not run" };
    const speed = spread([...this.speeds.values()]);
    const ratio = convkit && convkit !== this ? ratios(convkit.speeds, this.speeds) : undefined;
    return {
      ...base,
      version: this.answers[0].version,
      batch: this.batch === workload.batch ? undefined : this.batch,
      rounds: speed.count,
      imagesPerSecond: digits(speed.median),
      low: digits(speed.low),
      high: digits(speed.high),
      ms: digits(median(this.answers.map(({ ms }) => ms))),
      peakMB: Math.round(Math.max(...this.answers.map(({ peakMB }) => peakMB))),
      ...(ratio && ratioFields(ratio)),
      error,
    };
  }
}

const digits = (value: number) => Number(value.toPrecision(4));

function ratioFields({ median, low, high }: Spread) {
  return { ratio: digits(median), ratioLow: digits(low), ratioHigh: digits(high) };
}

/** Runs a process to its end and parses the last line of its output that is JSON. */
function lastLine<T>(command: string, args: readonly string[], threads: number): Promise<T> {
  // A core type forced from outside halves OpenBLAS on newer machines: the peer is to detect its own.
  const { OPENBLAS_CORETYPE, OPENBLAS_L2_SIZE, ...inherited } = process.env;
  const counts = { OMP_NUM_THREADS: String(threads), OPENBLAS_NUM_THREADS: String(threads) };
  const env = { ...inherited, ...counts };
  return new Promise((resolve, reject) => {
    const done = (error: (Error & { killed?: boolean }) | null, stdout: string, stderr: string) => {
      const line = stdout.split("\n").findLast((text) => text.startsWith("{"));
      if (!error && line) return resolve(JSON.parse(line) as T);
      if (error?.killed) return reject(new Error(`no result in ${timeout / 1000} s`));
      reject(new Error(complaint(stderr) ?? error?.message ?? "ended without a result"));
    };
    execFile(command, args, { env, timeout, killSignal: "SIGKILL", maxBuffer: 2 ** 26 }, done);
  });
}

/** The line of a stack trace that says what was wrong, and the remedy where a peer is not installed. */
function complaint(stderr: string): string | undefined {
  if (/No module named 'torch'/.test(stderr)) {
    return "PyTorch is not installed — apt-get install python3-torch";
  }
  const missing = /Cannot find (?:package|module) '([^'./][^']*)'/.exec(stderr);
  if (missing) return `${missing[1]} is not installed — npm ci --ignore-scripts in bench/`;
  const lines = stderr.split("\n").filter((line) => line.trim() !== "");
  return (
    lines.findLast((line) => /^\w*Error\b|^\[\w+\] /.test(line))?.trim() ?? lines.at(-1)?.trim()
  );
}
