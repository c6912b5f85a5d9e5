/** GoogLeNet with its auxiliary classifiers, end to end: a minute on two cores. */
import { expect, test } from "vitest";
import { openDevice } from "../src/tensor/index.ts";
import { train } from "../src/train/index.ts";

/** Colour pictures 64×64, dark ones and bright ones. */
function brightness(length: number) {
  const size = 3 * 64 * 64;
  const images = Uint8Array.from(
    { length: length * size },
    (_, i) => (Math.floor(i / size) % 2 ? 180 : 60) + ((i * 37) % 60),
  );
  const labels = Int32Array.from({ length }, (_, i) => i % 2);
  const shape = [3, 64, 64] as const;
  return { name: "brightness", length, classes: ["dark", "bright"], shape, images, labels };
}

test("three classifiers learn at once, one is tested", async () => {
  const device = await openDevice();
  const data = { train: brightness(24), test: brightness(8) };
  const options = { data, epochs: 3, batch: 8, validation: 0, device, augmentation: [] };
  const run = await train("googlenet", { ...options, optimizer: { name: "sgd", lr: 0.01 } });
  const losses = run.history.map(({ loss }) => loss);
  // Three cross-entropies of two classes, 1 + 0.3 + 0.3 of ln 2 at first.
  expect(losses[0]).toBeGreaterThan(1);
  expect(losses[0]).toBeLessThan(1.4);
  expect(losses[2]).toBeLessThan(0.8 * losses[0]);
  expect(run.history[2].accuracy).toBe(1);
  expect(run.test?.confusion.flat().reduce((a, b) => a + b)).toBe(8);
  await device.dispose();
});
