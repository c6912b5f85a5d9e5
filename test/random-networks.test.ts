/**
 * Networks drawn at random, on the wasm backend and on the reference: result and all gradients, for any number of
 * images in one program, after a run that left NaN in every lane and every intermediate tensor.
 */
import { afterAll, describe, expect, test } from "vitest";
import { evaluate } from "../src/backends/reference/evaluate.ts";
import { WasmDevice, wasmDevice } from "../src/backends/wasm/device.ts";
import type { RefArray } from "../src/graph/op.ts";
import { onDevice } from "./on-device.ts";
import { meanings } from "./op-cases.ts";
import { type RandomNetwork, randomNetwork } from "./random-network.ts";

const device = await wasmDevice({ threads: 2 });
const none = { on: false, reason: "it is left out" };
/** An engine of old: one thread, no fused multiply-add, no vectors of 256 bits. */
const plainest = new WasmDevice(
  { ...device.capabilities, threads: none, relaxedSimd: none, revectorizer: none },
  {},
);
afterAll(() => Promise.all([device.dispose(), plainest.dispose()]));

const NETWORKS = 40;

/** By capacity: how many images are given. */
const RUNS: Readonly<Record<number, readonly number[]>> = {
  1: [1],
  6: [5, 1],
  40: [33, 17, 16, 5, 1],
};

describe.each(Object.entries(RUNS))("room for %s", (capacity, counts) => {
  test.each(Array.from({ length: NETWORKS }, (_, seed) => seed))("network %i", (seed) =>
    run(device, randomNetwork(seed, Number(capacity)), counts),
  );
});

test.each([0, 1, 2, 3, 4, 5, 6, 7])("network %i, on an engine of old", async (seed) => {
  expect(plainest.threads).toBe(1);
  await run(plainest, randomNetwork(seed, 40), [17]);
  await run(plainest, randomNetwork(seed, 1), [1]);
});

async function run(on: WasmDevice, network: RandomNetwork, counts: readonly number[]) {
  const program = await onDevice(on, network.graph);
  await program.spoil();
  for (const n of counts) check(network, n, await program.run(network.inputs(n), n));
  program.dispose();
}

type OnNode = Parameters<typeof evaluate>[5];

function check({ graph, layers, names, inputs }: RandomNetwork, n: number, found: RefArray[]) {
  const values = inputs(n);
  const reference = (onNode?: OnNode) => evaluate(graph, meanings, values, [], n, onNode).outputs;
  const expected = reference();
  const steepest = Math.max(...expected.slice(1).map(largest));
  let rounded: RefArray[] | undefined;
  expected.forEach((value, i) => {
    const where = `${names[i]} of ${n} images — ${layers.join(", ")}`;
    expect(found[i].shape, where).toEqual(value.shape);
    // Some gradients are sums that cancel out, like that of a bias before batch norm: nothing but rounding.
    const scale = Math.max(largest(value), i > 0 ? steepest / 32 : 0) || 1;
    const error = difference(found[i], value) / scale;
    if (error < 1e-5) return;
    // Batch norm of a few nearly equal values blows rounding up: no more than it does to the reference.
    rounded ??= reference(roundToF32);
    const unavoidable = difference(rounded[i], value) / scale;
    expect(error, where).toBeLessThan(1e-5 + 16 * unavoidable);
  });
}

const roundToF32: OnNode = (_node, { data }) => {
  for (let i = 0; i < data.length; i++) data[i] = Math.fround(data[i]);
};

const largest = ({ data }: RefArray): number => data.reduce((m, x) => Math.max(m, Math.abs(x)), 0);

/** NaN when any element is. */
const difference = (a: RefArray, b: RefArray): number =>
  a.data.reduce((most, x, i) => Math.max(most, Math.abs(x - b.data[i])), 0);
