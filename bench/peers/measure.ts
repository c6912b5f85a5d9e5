/** How every peer that runs in Node reads its job, times its steps and answers. */
import { readFileSync } from "node:fs";
import type { Answer, Job } from "../job.ts";
import { median } from "../statistics.ts";

export const job = JSON.parse(process.argv[2]) as Job;

export interface Peer {
  readonly version: string;
  readonly parameters: number;
  /** One step, finished when the promise is; training gives the loss. */
  readonly step: () => Promise<number | undefined> | number | undefined;
}

export async function measure(peer: Peer): Promise<void> {
  let loss: number | undefined;
  for (let i = 0; i < job.warmup; i++) loss = await peer.step();
  const times: number[] = [];
  const start = performance.now();
  while (times.length < job.minSteps || performance.now() - start < job.seconds * 1000) {
    const before = performance.now();
    loss = await peer.step();
    times.push(performance.now() - before);
  }
  const { version, parameters } = peer;
  const answer: Answer = {
    ...{ ms: median(times), steps: times.length, peakMB: peakMB(), version, parameters },
    ...(job.task === "train" && { loss }),
  };
  console.log(JSON.stringify(answer));
}

/** On Linux from the process itself: the kernel's other count starts at the size of the parent. */
function peakMB(): number {
  try {
    const line = /^VmHWM:\s+(\d+) kB/m.exec(readFileSync("/proc/self/status", "utf8"));
    if (line) return Math.round(Number(line[1]) / 1024);
  } catch {
    // no /proc
  }
  return Math.round(process.resourceUsage().maxRSS / 1024);
}

/** Uniform numbers in [−scale, scale), the same in every run. */
export function uniform(count: number, scale: number, seed: number): Float32Array<ArrayBuffer> {
  const values = new Float32Array(count);
  let state = (seed * 2654435761 + 1) >>> 0;
  for (let i = 0; i < count; i++) {
    state = (Math.imul(state, 1664525) + 1013904223) >>> 0;
    values[i] = (state / 2147483648 - 1) * scale;
  }
  return values;
}

/** One resident batch: images in the given order of axes, and a label for each. */
export const images = () => uniform(job.batch * job.input.reduce((a, b) => a * b), 1.7, 1);
export const labels = () => Int32Array.from({ length: job.batch }, (_, i) => (i * 7) % job.classes);

export const versionOf = (name: string): string =>
  JSON.parse(readFileSync(new URL(`../node_modules/${name}/package.json`, import.meta.url), "utf8"))
    .version;
