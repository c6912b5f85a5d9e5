/** Node (and, without the V8 switches, Bun and Deno): workers, V8's flags, the machine. */
import { readFileSync } from "node:fs";
import os from "node:os";
import v8 from "node:v8";
import { Worker } from "node:worker_threads";
import type { Ability, CrewWorker, Platform, WorkerEvents } from "./platform.ts";

const { versions } = process;
const stranger = versions.bun ? "Bun" : versions.deno ? "Deno" : undefined;
const major = Number.parseInt(versions.node, 10);

/** The script's two names. `parentPort` gives the data itself. */
const prologue = `
const { parentPort: port } = require("node:worker_threads");
const listen = (handler) => port.on("message", handler);
`;

function spawn(script: string, name: string, events: WorkerEvents): CrewWorker {
  // No execArgv: a loader or a condition of the main program has nothing to do in there.
  const worker = new Worker(prologue + script, { eval: true, name, execArgv: [] });
  let error: unknown;
  worker.on("message", events.onMessage);
  worker.on("error", (e) => {
    error = e;
  });
  worker.on("exit", (code) => events.onEnd(error ? String(error) : `it exited with code ${code}`));
  worker.unref();
  return {
    postMessage: (message) => worker.postMessage(message),
    hold: () => worker.ref(),
    release: () => worker.unref(),
    terminate: async () => {
      await worker.terminate();
    },
  };
}

/** Linux tells; elsewhere V8 finds out for itself. */
function lacksAvx2(): boolean {
  try {
    const text = readFileSync("/proc/cpuinfo", "latin1");
    const flags = /^flags\s*:.*$/m.exec(text)?.[0];
    return flags !== undefined && !/\bavx2\b/.test(flags);
  } catch {
    return false;
  }
}

function revectorizer(): Ability {
  if (stranger) {
    return { on: false, reason: `${stranger} does not have it`, cure: "run on Node 24 or newer" };
  }
  if (major < 24) {
    return {
      on: false,
      reason: `Node ${versions.node} does not have it`,
      cure: "run on Node 24 or newer, for up to twice the speed",
    };
  }
  if (process.arch !== "x64") {
    return { on: false, reason: `V8 has it for x64 processors, and this is ${process.arch}` };
  }
  if (lacksAvx2()) return { on: false, reason: "this processor has no AVX2" };
  return { on: true };
}

function setFlags(...flags: string[]): boolean {
  try {
    for (const flag of flags) v8.setFlagsFromString(flag);
    return true;
  } catch {
    return false;
  }
}

/**
 * By one of V8's natives, which must be allowed while the call is parsed. To switch the baseline compiler off for a moment
 * would end the process where V8 compiles another module in the background, such as the one that lets Node run types.
 */
function optimise(functions: readonly (() => void)[]): void {
  if (stranger || !setFlags("--allow-natives-syntax")) return;
  let tierUp: (f: () => void) => void;
  try {
    tierUp = new Function("f", "%WasmTierUpFunction(f)") as typeof tierUp;
  } finally {
    setFlags("--no-allow-natives-syntax");
  }
  functions.forEach(tierUp);
}

export const platform: Platform = {
  engine: stranger
    ? { name: stranger, version: versions.bun ?? versions.deno ?? "" }
    : { name: "Node", version: `${versions.node} (V8 ${versions.v8})` },
  cores: () => os.availableParallelism?.() ?? os.cpus().length,
  memory: () => ({
    totalBytes: os.totalmem(),
    freeBytes: os.freemem(),
    peakResidentBytes: process.resourceUsage().maxRSS * 1024, // given in KiB
  }),
  crossOriginIsolated: undefined,
  threads: () => ({ on: true }),
  spawn,
  revectorizer,
  switchRevectorizer: (on) =>
    revectorizer().on && setFlags(`--${on ? "" : "no-"}experimental-wasm-revectorize`),
  optimise,
};
