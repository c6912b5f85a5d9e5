/** Two tasks from two inputs: which of two sources is louder, and by how much. */
import { afterAll, describe, expect, test } from "vitest";
import { endingAt, expectEqualFiles } from "../../test/small-runs.ts";
import { Random } from "../core/random.ts";
import { tensorDataset } from "../data/index.ts";
import * as nn from "../nn/index.ts";
import { openDevice, type Tensor, tensor } from "../tensor/index.ts";
import { memoryStore, type TensorTrainOptions, train } from "./index.ts";

const device = await openDevice({ threads: 2 });
afterAll(() => device.dispose());

/** Pictures 1×4×4 and rows of 3 numbers; the louder of both, and the difference of their means. */
function sources(length: number, seed: number) {
  const random = new Random(seed, "sources");
  const draw = (size: number) =>
    Float32Array.from({ length: length * size }, () => random.uniform() - 0.5);
  const [pictures, rows] = [draw(16), draw(3)];
  const louder = new Int32Array(length);
  const difference = new Float32Array(length);
  for (let i = 0; i < length; i++) {
    const level = random.uniform() * 2 - 1;
    for (let p = 0; p < 16; p++) pictures[i * 16 + p] += level;
    for (let p = 0; p < 3; p++) rows[i * 3 + p] -= level;
    louder[i] = level > 0 ? 1 : 0;
    difference[i] = 2 * level;
  }
  return tensorDataset({
    name: "sources",
    inputs: [tensor(pictures, [length, 1, 4, 4]), tensor(rows, [length, 3])],
    targets: { louder: tensor(louder), difference: tensor(difference) },
  });
}

class TwoHeads extends nn.Module<readonly [Tensor, Tensor]> {
  conv = nn.conv2d(4, { kernel: 3 });
  norm = nn.batchNorm2d();
  row = nn.linear(8);
  louder = nn.linear(2);
  difference = nn.linear(1);

  forward(picture: Tensor, row: Tensor, mode: nn.Mode): Tensor {
    const seen = this.norm.call(this.conv.call(picture, mode), mode).flatten();
    const both = seen.builder.apply("concat", [seen, this.row.call(row, mode)], { axis: 1 });
    const h = both.builder.apply("relu", [both]);
    nn.recordOutput({ name: "difference", tensor: this.difference.call(h, mode) });
    return this.louder.call(h, mode);
  }
}

const data = { train: sources(600, 1), test: sources(200, 2) };
const options = {
  ...{ data, epochs: 6, batch: 32, device, optimizer: { name: "adamw", lr: 0.01 } },
  outputs: { louder: {}, difference: { loss: "smoothL1", weight: 0.5 } },
} satisfies TensorTrainOptions;

test("both tasks are learnt, measured and predicted", async () => {
  const run = await train(new TwoHeads(), options);
  expect(run.accuracy).toBeGreaterThan(0.9);
  const { measures = {}, loss } = run.test as NonNullable<typeof run.test>;
  // Of a difference between −2 and 2, whose mean absolute deviation is 1.
  expect(measures["difference.meanAbsoluteError"]).toBeLessThan(0.3);
  expect(loss).toBeCloseTo(measures["louder.loss"] + 0.5 * measures["difference.loss"], 5);
  expect(run.history[5].measures?.["louder.accuracy"]).toBe(run.history[5].valAccuracy);
  expect(await run.evaluate(data.test)).toEqual(run.test);
  const { louder, difference } = await run.predict(...data.test.inputs);
  expect([louder.shape, difference.shape]).toEqual([
    [200, 2],
    [200, 1],
  ]);
  const hits = Array.from(data.test.targets.louder.data).filter(
    (label, i) => louder.data[2 * i + 1] > louder.data[2 * i] === (label === 1),
  );
  expect(hits.length / 200).toBe(run.accuracy);
  expect(run.config).toMatchObject({
    inputs: [{ shape: [1, 4, 4] }, { shape: [3] }],
    outputs: [
      { name: "louder", weight: 1, loss: null },
      { name: "difference", weight: 0.5, loss: "smoothL1" },
    ],
  });
  run.dispose();
});

test("resumed, a run ends in the same bits", async () => {
  const [whole, parts] = [memoryStore(), memoryStore()];
  const more = {
    ...options,
    epochs: 3,
    ema: 0.9,
    freeze: ["conv"],
    unfreezeAt: [{ epoch: 2, layers: ["conv"] }],
  };
  const first = await train(new TwoHeads(), { ...more, store: whole });
  for (const at of [5, 20, 40]) {
    await train(new TwoHeads(), { ...more, store: parts, resume: at > 5, ...endingAt(at) });
  }
  const rest = { data, outputs: options.outputs, device, store: parts, resume: true };
  const resumed = await train(new TwoHeads(), rest);
  await expectEqualFiles(whole, parts);
  expect(resumed.save()).toEqual(first.save());
  const other = train(new TwoHeads(), { ...rest, outputs: { louder: {} } });
  await expect(other).rejects.toThrow("the run was begun with outputs");
});

test("one output of numbers alone has no accuracy, and the loss tells the best epoch", async () => {
  const { train: all, test: held } = data;
  const only = ({ name, inputs, targets }: typeof all) =>
    tensorDataset({ name, inputs: [inputs[1]], targets: { difference: targets.difference } });
  const net = nn.sequential(nn.linear(8), nn.relu(), nn.linear(1));
  const run = await train(net, {
    ...options,
    outputs: undefined,
    data: { train: only(all), test: only(held) },
  });
  expect(run.accuracy).toBeNaN();
  expect(run.test?.measures?.["difference.meanAbsoluteError"]).toBeLessThan(0.5);
  expect(run.history[5].loss).toBeLessThan(run.history[0].loss);
  // One part is divided.
  const split = await train(nn.linear(1), {
    ...options,
    outputs: undefined,
    data: only(all),
    epochs: 1,
  });
  expect(split.config.data).toMatchObject({ train: 432, validation: 48, test: 120 });
});

describe("what does not fit is refused", () => {
  test("tensors of different lengths", () => {
    const [a, b] = [tensor([1, 2, 3]), tensor([1, 2])];
    expect(() => tensorDataset({ inputs: [a], targets: { y: b } })).toThrow(
      "[data] tensors: target y is 2, the first input 3 — give all the same number of examples",
    );
    expect(() => tensorDataset({ inputs: [], targets: { y: b } })).toThrow("at least one input");
  });

  test("outputs without targets or records", async () => {
    const fails = (more: Partial<TensorTrainOptions>) =>
      expect(train(new TwoHeads(), { ...options, ...more })).rejects;
    await fails({ outputs: { age: {} } }).toThrow(
      "output age has no targets, there are louder, difference",
    );
    await fails({ outputs: { louder: { weight: -1 } } }).toThrow("output louder has the weight -1");
    await fails({ outputs: { louder: { loss: "crossentropi" as "mse" } } }).toThrow(
      "did you mean crossEntropy?",
    );
    const silent = nn.module("Silent", (x) => x.flatten());
    const first = tensorDataset({ ...data.train, inputs: [data.train.inputs[1]] });
    await expect(
      train(nn.sequential(silent, nn.linear(2)), { ...options, data: first }),
    ).rejects.toThrow(
      "the network returns louder and records no output difference (it records none besides)",
    );
  });
});
