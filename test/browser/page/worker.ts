/** Trains off the page's own thread, and reports losses and what it ran on. */
import { openDevice } from "convkit";
import { trainLenet5 } from "../train-lenet5.ts";

export interface Report {
  readonly isolated: boolean;
  readonly threads: number;
  /** Why there is but one. */
  readonly whyNotMore?: string;
  readonly relaxedSimd: boolean;
  readonly losses: readonly number[];
  readonly error?: string;
}

/** What a wasm device knows of where it runs. */
interface Facts {
  readonly threads: number;
  readonly capabilities: Record<"threads" | "relaxedSimd", { on: boolean; reason?: string }>;
}

addEventListener("message", async ({ data: steps }: MessageEvent<number>) => {
  const isolated = globalThis.crossOriginIsolated;
  try {
    const device = await openDevice({ threads: 2 });
    const { threads, capabilities } = device as unknown as Facts;
    const losses = await trainLenet5(device, steps);
    await device.dispose();
    const relaxedSimd = capabilities.relaxedSimd.on;
    const whyNotMore = capabilities.threads.reason;
    postMessage({ isolated, threads, whyNotMore, relaxedSimd, losses } satisfies Report);
  } catch (error) {
    const told = String((error as Error).stack ?? error);
    postMessage({
      isolated,
      threads: 0,
      relaxedSimd: false,
      losses: [],
      error: told,
    } satisfies Report);
  }
});
