/** Small trainings that tests compare: data that any network learns, one with every kind of state, and runs of equal files. */
import { expect } from "vitest";
import type { ArrayDataset } from "../src/data/index.ts";
import * as nn from "../src/nn/index.ts";
import type { RunFile, RunStore } from "../src/train/index.ts";

/** Square pictures whose class is the brighter half: quick on the reference device. */
export function halves(length: number, side = 4): ArrayDataset {
  const size = side * side;
  const images = new Uint8Array(length * size);
  const labels = Int32Array.from({ length }, (_, i) => i % 2);
  for (let i = 0; i < images.length; i++) {
    const bright = (i % size < size / 2 ? 0 : 1) === labels[Math.floor(i / size)];
    images[i] = (bright ? 150 : 50) + ((i * 37) % 90);
  }
  return {
    name: "halves",
    length,
    classes: ["up", "down"],
    shape: [1, side, side],
    images,
    labels,
  };
}

/** Everything that has a state or draws numbers: running statistics, dropout, momentum. */
export const mixture = () =>
  nn.sequential(
    nn.conv2d(4, { kernel: 3, bias: false }),
    nn.batchNorm2d(),
    nn.relu(),
    nn.flatten(),
    nn.dropout(0.3),
    nn.linear(2),
  );

const FILES: readonly RunFile[] = [
  "config.json",
  "metrics.jsonl",
  "model.safetensors",
  "best.safetensors",
  "checkpoint.safetensors",
];

export async function expectEqualFiles(a: RunStore, b: RunStore): Promise<void> {
  for (const file of FILES) {
    const [left, right] = [await a.read(file), await b.read(file)];
    expect(left, file).toBeDefined();
    expect(Buffer.compare(left as Uint8Array, right as Uint8Array), file).toBe(0);
  }
}

/** Options that end a training after step `at`. */
export function endingAt(at: number) {
  const controller = new AbortController();
  return {
    signal: controller.signal,
    onProgress: ({ step, phase }: { step: number; phase: string }) => {
      if (phase === "train" && step === at) controller.abort();
    },
  };
}
