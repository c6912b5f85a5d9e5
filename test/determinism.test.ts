/**
 * Same seed, same bits, on 1, 2 and 8 threads and with small tiles: neither the number of threads nor the size of
 * a tile changes an order of summation. And what a training does on the wasm device is what the reference does.
 */
import { crossEntropy } from "convkit/losses";
import { createModel } from "convkit/models";
import * as nn from "convkit/nn";
import { adamW, type Optimizer, sgd } from "convkit/optim";
import { compile, type Device, type HostTensor, type Tensor, tensor } from "convkit/tensor";
import { afterAll, describe, expect, test } from "vitest";
import { referenceDevice } from "../src/backends/reference/device.ts";
import { wasmDevice } from "../src/backends/wasm/device.ts";
import { Random } from "../src/core/random.ts";
import { relativeError } from "./op-cases.ts";

const devices = {
  "1 thread": await wasmDevice({ threads: 1 }),
  "2 threads": await wasmDevice({ threads: 2 }),
  "8 threads": await wasmDevice({ threads: 8 }),
  "small tiles": await wasmDevice({ threads: 2, revectorizer: false }),
};
afterAll(() => Promise.all(Object.values(devices).map((device) => device.dispose())));
const two = devices["2 threads"];
const CAPACITY = 40;

/** Adds its input to what two convolutions make of it. */
class Block extends nn.Module {
  conv1 = nn.conv2d(12, { kernel: 3, padding: 1, bias: false });
  bn1 = nn.batchNorm2d();
  relu1 = nn.relu();
  conv2 = nn.conv2d(12, { kernel: 3, padding: 1, bias: false });
  bn2 = nn.batchNorm2d();
  add = nn.add();
  relu2 = nn.relu();

  forward(x: Tensor, mode: nn.Mode): Tensor {
    const h = this.relu1.call(this.bn1.call(this.conv1.call(x, mode), mode), mode);
    const f = this.bn2.call(this.conv2.call(h, mode), mode);
    return this.relu2.call(this.add.call(f, x, mode), mode);
  }
}

const residual = () =>
  nn.sequential(
    nn.conv2d(12, { kernel: 3, stride: 2 }),
    new Block(),
    nn.dropout(0.3),
    nn.conv2d(20, { kernel: 3, groups: 2 }),
    nn.relu(),
    nn.globalAvgPool2d(),
    nn.linear(10),
  );

interface Setting {
  readonly net: () => nn.Module | Promise<nn.Module>;
  readonly image: readonly [number, number, number];
  readonly optimizer: () => Optimizer;
}

const settings: Readonly<Record<string, Setting>> = {
  lenet5: {
    net: async () => (await createModel("lenet5", { inputShape: [1, 28, 28] })).net,
    image: [1, 28, 28],
    optimizer: () => sgd({ lr: 0.05, momentum: 0.9 }),
  },
  "a residual network with batch norm and dropout": {
    net: residual,
    image: [3, 11, 10],
    optimizer: () => adamW({ lr: 0.01 }),
  },
};

function batch(image: readonly number[], n: number, seed: number): [HostTensor, HostTensor] {
  const random = new Random(seed, "images");
  const size = image.reduce((product, dim) => product * dim, n);
  const x = Float32Array.from({ length: size }, () => random.normal());
  const y = Int32Array.from({ length: n }, () => random.int(10));
  return [tensor(x, [n, ...image]), tensor(y)];
}

const trainer = (net: nn.Module, optimizer: Optimizer, device: Device) =>
  compile(
    (x, y, key) => {
      const loss = crossEntropy(net.call(x, { training: true, key }), y);
      return [loss, optimizer.step(loss, nn.parameters(net), { clipNorm: 1 }).gradNorm];
    },
    { device, capacity: CAPACITY, batched: [true, true, false] },
  );

/** Steps of so many images; losses and norms, then every parameter, statistic and moment. */
async function train(
  { net: make, image, optimizer: rule }: Setting,
  device: Device,
  counts: readonly number[] = [17, 33, 17],
) {
  const net = nn.initialize(await make(), image, { seed: 4 });
  const optimizer = rule();
  const step = trainer(net, optimizer, device);
  const seen: [string, ArrayLike<number>][] = [];
  for (const [t, n] of counts.entries()) {
    const key = tensor(Int32Array.of(t, 9));
    const outputs = await step(...batch(image, n, t), key);
    for (const { data } of outputs) seen.push([`step ${t}`, data]);
  }
  step.dispose();
  const states = [
    ...nn.namedStates(net).map(([, { parameter }]) => parameter),
    ...optimizer.state(),
  ];
  return [...seen, ...states.map((p): [string, ArrayLike<number>] => [p.name, p.read()])];
}

const bits = (data: ArrayLike<number>): number[] => [
  ...new Int32Array((data instanceof Int32Array ? data : Float32Array.from(data)).buffer),
];

describe.each(Object.entries(settings))("%s", (_, setting) => {
  const first = train(setting, devices["1 thread"]);

  test.each(Object.entries(devices))("ends in the same bits on %s", async (_name, device) => {
    const expected = await first;
    const found = await train(setting, device);
    expect(found.map(([name]) => name)).toEqual(expected.map(([name]) => name));
    found.forEach(([name, data], i) => {
      expect(bits(data), name).toEqual(bits(expected[i][1]));
    });
  });

  test("goes the reference's way", async () => {
    const counts = [5, 2, 5];
    const found = await train(setting, two, counts);
    const expected = await train(setting, referenceDevice(), counts);
    found.forEach(([name, data], i) => {
      const error = relativeError(Float64Array.from(data), Float64Array.from(expected[i][1]));
      expect(error, name).toBeLessThan(2e-5);
    });
  });
});
