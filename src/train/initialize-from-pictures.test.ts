import { afterAll, expect, test } from "vitest";
import { glyphs, openBatches, preprocessingOf } from "../data/index.ts";
import { whitening } from "../nn/init/whitening.ts";
import { namedStates } from "../nn/parameters.ts";
import { openDevice } from "../tensor/index.ts";
import { memoryStore, train } from "./index.ts";

const device = await openDevice({ threads: 2 });
afterAll(() => device.dispose());

const data = glyphs({ train: 60, test: 20 });
const options = { data, epochs: 2, batch: 20, validation: 0, device };
const firstLayer = (net: Parameters<typeof namedStates>[0]) =>
  new Map(namedStates(net)).get("whiten.weight")?.parameter.read();

test("a network whose first layer follows from the pictures has it from those that it is trained on", async () => {
  const { net } = await train("airbench_xs", options);
  const preprocessing = await preprocessingOf(data.train);
  const batches = await openBatches(data.train, { batch: 60, seed: 0, preprocessing });
  const { images } = await batches.batch(0, 0);
  const expected = whitening({ shape: [60, ...data.train.shape], data: images })([18, 1, 3, 3]);
  expect(firstLayer(net)).toEqual(Float32Array.from(expected));
});

test("an interrupted run goes on with it, to the same bits", async () => {
  const whole = memoryStore();
  await train("airbench_xs", { ...options, store: whole });
  const store = memoryStore();
  const stop = new AbortController();
  await train("airbench_xs", {
    ...{ ...options, store, signal: stop.signal },
    onProgress: ({ step }) => step === 4 && stop.abort(),
  });
  const { net } = await train("airbench_xs", { ...options, store, resume: true });
  expect(await store.read("model.safetensors")).toEqual(await whole.read("model.safetensors"));
  expect(firstLayer(net)).toBeDefined();
});
