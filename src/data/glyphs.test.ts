import { createHash } from "node:crypto";
import { expect, test } from "vitest";
import { type ArrayDataset, countClasses, imageAt } from "./dataset.ts";
import { glyphs } from "./glyphs.ts";
import { Loader } from "./loader.ts";

const sha256 = (bytes: Uint8Array): string => createHash("sha256").update(bytes).digest("hex");

test("a seed gives these bytes, on every machine", () => {
  const { train, test } = glyphs({ train: 300, test: 100, seed: 0 });
  expect([...train.labels.subarray(0, 10)].sort()).toEqual([0, 1, 2, 3, 4, 5, 6, 7, 8, 9]);
  expect(sha256(train.images)).toMatch(/^8edf1628a1154a2a/);
  expect(sha256(test.images)).toMatch(/^4776a2d04f94372d/);
});

test("glyph i does not depend on how many are made; seeds and parts differ", () => {
  const few = glyphs({ train: 20, test: 20, seed: 3 });
  const more = glyphs({ train: 60, test: 20, seed: 3 });
  expect(more.train.images.subarray(0, few.train.images.length)).toEqual(few.train.images);
  expect(more.train.labels.subarray(0, 20)).toEqual(few.train.labels);
  expect(few.test.images).not.toEqual(few.train.images);
  expect(glyphs({ train: 20, test: 20, seed: 4 }).train.images).not.toEqual(few.train.images);
});

test("classes are balanced, every picture shows something, none is full", () => {
  const { train } = glyphs({ train: 500, test: 1 });
  expect(countClasses(train)).toEqual(new Array(10).fill(50));
  for (let i = 0; i < train.length; i++) {
    const bright = imageAt(train, i).filter((byte) => byte > 100).length;
    expect(bright, `glyph ${i}`).toBeGreaterThan(10);
    expect(bright, `glyph ${i}`).toBeLessThan(350);
  }
});

test("a linear model stays under 93 %, though it learns", async () => {
  const { train, test } = glyphs();
  const accuracy = await trainSoftmax(train, test, 5);
  expect(accuracy).toBeLessThan(0.93);
  expect(accuracy).toBeGreaterThan(0.75);
}, 60_000);

test("an impossible number is refused", () => {
  expect(() => glyphs({ train: 0 })).toThrow("[glyphs] train=0 glyphs — give a number from 1 to");
  expect(() => glyphs({ test: 1.5 })).toThrow(/test=1\.5/);
});

/** Softmax regression by stochastic gradient descent with a falling rate: W −= η · x ⊗ (p − y). */
async function trainSoftmax(
  train: ArrayDataset,
  test: ArrayDataset,
  epochs: number,
): Promise<number> {
  const size = 784;
  const weights = new Float32Array(10 * (size + 1));
  const loader = new Loader(train, { batch: 1 });
  const p = new Float64Array(10);
  const classify = (x: Float32Array): number => {
    for (let k = 0; k < 10; k++) {
      const w = k * (size + 1);
      let sum = weights[w + size];
      for (let i = 0; i < size; i++) sum += weights[w + i] * x[i];
      p[k] = sum;
    }
    return p.indexOf(Math.max(...p));
  };
  for (let epoch = 0; epoch < epochs; epoch++) {
    const rate = 0.002 * (1 - epoch / epochs);
    for await (const { images: x, labels } of loader.batches(epoch)) {
      const top = p[classify(x)];
      const total = p.reduce((sum, z) => sum + Math.exp(z - top), 0);
      for (let k = 0; k < 10; k++) {
        const step = rate * (Math.exp(p[k] - top) / total - (k === labels[0] ? 1 : 0));
        const w = k * (size + 1);
        for (let i = 0; i < size; i++) weights[w + i] -= step * x[i];
        weights[w + size] -= step;
      }
    }
  }
  let right = 0;
  const how = { batch: 1, shuffle: false, preprocessing: loader.preprocessing };
  for await (const { images, labels } of new Loader(test, how).batches()) {
    if (classify(images) === labels[0]) right++;
  }
  return right / test.length;
}
