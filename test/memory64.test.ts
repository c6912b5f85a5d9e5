/**
 * The move to 64-bit memory: a program that does not fit into the 32-bit one takes everything along, and all goes
 * on as if nothing had happened. The limit is set low, so that the tests are small.
 */
import { crossEntropy } from "convkit/losses";
import * as nn from "convkit/nn";
import { sgd } from "convkit/optim";
import { compile, type Device, Parameter, tensor } from "convkit/tensor";
import { describe, expect, onTestFinished, test } from "vitest";
import { detect } from "../src/backends/wasm/capabilities.ts";
import { WasmDevice, wasmDevice } from "../src/backends/wasm/device.ts";
import { Builder } from "../src/graph/builder.ts";
import type { Graph } from "../src/graph/node.ts";
import type { RefArray } from "../src/graph/op.ts";
import { table } from "../src/ops/table.ts";
import { onDevice } from "./on-device.ts";
import { cases, trace } from "./op-cases.ts";
import { randomNetwork } from "./random-network.ts";

const capabilities = await detect();
const MiB = 2 ** 20;

async function open(maximumBytes?: number): Promise<WasmDevice> {
  const device = await wasmDevice({ threads: 2, maximumBytes });
  onTestFinished(() => device.dispose());
  return device;
}

const ramp = (shape: readonly number[], step = 0.37) => {
  const size = shape.reduce((product, dim) => product * dim, 1);
  return tensor(
    Float32Array.from({ length: size }, (_, i) => Math.sin(step * i)),
    shape,
  );
};

/** A small network with its step and its prediction, as programs of their own. */
function classifier(device: Device) {
  const net = nn.initialize(
    nn.sequential(
      nn.conv2d(4, { kernel: 3 }),
      nn.batchNorm2d(),
      nn.relu(),
      nn.flatten(),
      nn.linear(3),
    ),
    [1, 6, 6],
    { seed: 5 },
  );
  const optimizer = sgd({ lr: 0.1, momentum: 0.9 });
  const step = compile(
    (x, y) => {
      const loss = crossEntropy(net.call(x, { training: true }), y);
      optimizer.step(loss, nn.parameters(net));
      return loss;
    },
    { device, capacity: 17 },
  );
  const predict = compile((x) => net.call(x, { training: false }), { device });
  const labels = tensor(Int32Array.from({ length: 17 }, (_, i) => i % 3));
  return {
    step: async () => (await step(ramp([17, 1, 6, 6]), labels)).data[0],
    predict: async () => [...(await predict(ramp([2, 1, 6, 6]))).data],
    states: () => nn.namedStates(net).map(([name, { parameter }]) => [name, ...parameter.read()]),
    dispose: () => {
      step.dispose();
      predict.dispose();
    },
  };
}

/** Takes more than 4 MiB for what stands between its two sums. */
function large(device: Device) {
  const f = compile((x) => [x.mul(x).add(1).sum(2), x.exp().sum(1)], { device });
  return {
    run: async () => (await f(ramp([2, 1024, 768]))).map(({ data }) => [...data]),
    dispose: () => f.dispose(),
  };
}

describe.skipIf(!capabilities.memory64.on)("with 64-bit memory", () => {
  test("a program that does not fit moves everything, and all goes on as without", async () => {
    const tight = await open(4 * MiB);
    const roomy = await open();
    const ways = [];
    for (const device of [tight, roomy]) {
      const small = classifier(device);
      const seen: unknown[] = [await small.step(), await small.predict(), await small.step()];
      expect(device.generation).toBe(0);
      seen.push(await large(device).run());
      expect(device.generation).toBe(device === tight ? 1 : 0);
      expect(device.heap.memoryImport.is64).toBe(device === tight);
      // The parameters moved along, and programs from before are emitted anew.
      seen.push(small.states(), await small.predict(), await small.step(), small.states());
      ways.push(seen);
    }
    expect(ways[0]).toEqual(ways[1]);
  });

  test("a parameter that does not fit moves everything, too", async () => {
    const device = await open(MiB);
    const small = classifier(device);
    const before = [await small.step(), await small.predict()][1];
    const wide = new Parameter("wide", [2 * MiB], () => new Float32Array(2 * MiB).fill(0.25));
    const total = compile((x) => x.builder.state(wide).sum().add(x.sum()), { device });
    expect((await total(tensor([1, 2]))).data[0]).toBe(MiB / 2 + 3);
    expect(device.generation).toBe(1);
    expect(await small.predict()).toEqual(before);
  });

  test("a move waits for the run that is under way", async () => {
    const device = await open(4 * MiB);
    const small = classifier(device);
    await small.step();
    const running = [small.step(), small.step(), small.predict()];
    const [, , logits] = await Promise.all([...running, large(device).run()]);
    expect(device.generation).toBe(1);
    expect(await small.predict()).toEqual(logits);
  });

  test("programs from before the move are let go without harm to those after it", async () => {
    const device = await open(4 * MiB);
    const [first, second, third] = [classifier(device), classifier(device), classifier(device)];
    await first.predict();
    const expected = await second.predict();
    const big = large(device);
    const sums = await big.run();
    expect(device.generation).toBe(1);
    first.dispose();
    expect(await big.run()).toEqual(sums);
    expect(await second.predict()).toEqual(expected);
    big.dispose();
    expect(await third.predict()).toEqual(expected);
    second.dispose();
    third.dispose();
    await device.inTurn(async () => {});
  });

  test("a program whose memory would reach from below 4 GiB to beyond moves everything, too", async () => {
    const device = await open();
    const below = device.heap.allocate(1.5 * 2 ** 30);
    device.heap.allocate(64);
    device.heap.free(below);
    const builder = new Builder(table, 1);
    const type = { shape: [1, 20_000, 20_000], dtype: "f32", batched: true } as const;
    const [a, b] = [builder.input("a", type), builder.input("b", type)];
    const program = await device.compile(builder.build([a.add(b).sum(2)]), []);
    expect(device.generation).toBe(1);
    expect(device.heap.stats.usedBytes).toBeGreaterThan(3.2e9);
    program.dispose();
    await device.inTurn(async () => {});
    expect(device.heap.stats.usedBytes).toBeLessThan(MiB);
  });

  test.each([
    ["2", 0, 24_000],
    ["4", 1, 33_000],
  ])(
    "a single tensor of more than %s GiB is no wider than the memory it gets",
    async (_, generation, side) => {
      const device = await open();
      const builder = new Builder(table, 1);
      const x = builder.input("x", { shape: [1, side, side], dtype: "f32", batched: true });
      // Pointers step back over whole columns.
      const program = await device.compile(builder.build([x.sum(1), x.sum(2)]), []);
      expect(device.generation).toBe(generation);
      expect(device.heap.stats.usedBytes).toBeGreaterThan(4 * side * side);
      program.dispose();
    },
  );

  test("programs run beyond 4 GiB, with the same bits", async () => {
    const [high, low] = [await open(), await open()];
    // Never written, these pages cost nothing.
    high.reserve(2 ** 32 + MiB);
    expect(high.reserve(64)).toBeGreaterThan(2 ** 32);
    const check = async (graph: Graph, inputs: RefArray[], n?: number) => {
      const [there, here] = [await onDevice(high, graph), await onDevice(low, graph)];
      await there.spoil();
      expect(await there.run(inputs, n)).toEqual(await here.run(inputs, n));
      there.dispose();
      here.dispose();
    };
    for (let seed = 0; seed < 6; seed++) {
      const lanes = randomNetwork(seed, 40);
      await check(lanes.graph, lanes.inputs(17), 17);
      const single = randomNetwork(seed, 1);
      await check(single.graph, single.inputs(1), 1);
    }
    for (const opCase of cases) {
      const { builder, y } = trace(opCase);
      await check(builder.build([y]), opCase.inputs);
    }
    expect(low.generation).toBe(0);
  });
});

test("without 64-bit memory the error says how much is needed and what would fit", async () => {
  const memory64 = { on: false, reason: "this engine has no 64-bit WebAssembly memory" };
  const device = new WasmDevice(
    { ...capabilities, memory64 },
    { threads: 2, maximumBytes: 4 * MiB },
  );
  onTestFinished(() => device.dispose());
  const small = classifier(device);
  const before = [await small.step(), await small.predict()][1];
  const used = device.heap.stats.usedBytes;
  await expect(large(device).run()).rejects.toThrow(
    /^\[memory\] \d\.\d\d MiB are needed beside \d+\.\d KiB in use, and the limit of this 32-bit memory is 4\.00 MiB: a block of 3\.\d\d MiB would fit — take a smaller batch/,
  );
  // What was there goes on, and nothing is lost.
  expect(device.generation).toBe(0);
  expect(device.heap.stats.usedBytes).toBe(used);
  expect(await small.predict()).toEqual(before);
  expect(await small.step()).toBeGreaterThan(0);
});
