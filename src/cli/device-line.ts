/** One line that says what a run runs on, and what it misses. */
import { WasmDevice } from "../backends/wasm/device.ts";
import type { Device } from "../tensor/index.ts";

export function describeDevice(device: Device): string {
  if (!(device instanceof WasmDevice))
    return `${device.name}, plain loops in doubles: exact, and slow`;
  const { threads, capabilities } = device;
  const parts = [`${device.name}, ${threads} ${threads === 1 ? "thread" : "threads"}`];
  if (!capabilities.threads.on) parts.push(`single-threaded: ${capabilities.threads.reason}`);
  const { revectorizer } = capabilities;
  parts.push(revectorizer.on ? "revectorized" : `not revectorized: ${revectorizer.reason}`);
  if (!capabilities.relaxedSimd.on) parts.push("no relaxed SIMD");
  return parts.join("; ");
}

/** Threads that the device computes with. */
export const threadsOf = (device: Device): number =>
  device instanceof WasmDevice ? device.threads : 1;
