import { afterAll, expect, test } from "vitest";
import { parseTransforms } from "../augment/settings.ts";
import { glyphs } from "../data/index.ts";
import { openDevice } from "../tensor/index.ts";
import { memoryStore, type TrainOptions, train } from "./index.ts";

const devices = [await openDevice({ threads: 1 }), await openDevice({ threads: 3 })];
afterAll(() => Promise.all(devices.map((device) => device.dispose())));

const text = "randomCrop:padding=3+cutout:length=6+colorJitter:brightness=0.3";
const settings = {
  data: glyphs({ train: 200, test: 40 }),
  ...{ epochs: 2, batch: 32, validation: 0, augmentation: [] },
} satisfies TrainOptions;

/** What a training with these options writes down, epoch by epoch. */
async function metrics(options: Partial<TrainOptions>): Promise<string> {
  const store = memoryStore();
  await train("lenet5", { ...settings, ...options, store });
  return new TextDecoder().decode((await store.read("metrics.jsonl")) as Uint8Array);
}

test("images change within the step, alike on any number of threads, in the host's order of words", async () => {
  const batchAugmentation = parseTransforms(text);
  const [plain, once, again] = [
    await metrics({ device: devices[0] }),
    await metrics({ device: devices[0], batchAugmentation }),
    await metrics({ device: devices[1], batchAugmentation }),
  ];
  expect(again).toBe(once);
  expect(once).not.toBe(plain);
});

test("training sees changed pictures, validation and test see them as they are", async () => {
  // At a rate of 0 the weights stay, so losses differ by the pictures alone.
  const options = {
    ...{ ...settings, device: devices[0], validation: 0.2 },
    optimizer: { name: "sgd", lr: 0 } as const,
  };
  const plain = await train("lenet5", options);
  const batchAugmentation = parseTransforms("cutout:length=200");
  const black = await train("lenet5", { ...options, batchAugmentation });
  expect(black.accuracy).toBe(plain.accuracy);
  const [{ loss, valLoss }, without] = [black.history[0], plain.history[0]];
  expect(valLoss).toBe(without.valLoss);
  expect(Math.abs(loss - without.loss)).toBeGreaterThan(1e-3);
});

test("a resumed run goes on with the transforms that it was begun with", async () => {
  const store = memoryStore();
  const batchAugmentation = parseTransforms(text);
  const options = { ...settings, device: devices[0], store };
  const stop = new AbortController();
  const first = await train("lenet5", {
    ...options,
    ...{ batchAugmentation, signal: stop.signal },
    onProgress: ({ step }) => step === 3 && stop.abort(),
  });
  expect(first.interrupted).toBe(true);
  await train("lenet5", { ...options, resume: true });
  const resumed = new TextDecoder().decode((await store.read("metrics.jsonl")) as Uint8Array);
  expect(resumed).toBe(await metrics({ device: devices[0], batchAugmentation }));
});

test("what no program does is refused before a picture is loaded", async () => {
  const options = { ...settings, device: devices[0] };
  await expect(
    train("lenet5", { ...options, batchAugmentation: parseTransforms("randomInvert") }),
  ).rejects.toThrow('there is no batch transform "randomInvert"');
});
