/** What trainings may use beyond the bare loop: each resumes to the same bits and does what it says. */
import { afterAll, describe, expect, test } from "vitest";
import { endingAt, expectEqualFiles, halves, mixture } from "../../test/small-runs.ts";
import { parseTransforms } from "../augment/settings.ts";
import * as nn from "../nn/index.ts";
import { openDevice, type Parameter, type Tensor } from "../tensor/index.ts";
import { type EpochRecord, memoryStore, type TrainOptions, train } from "./index.ts";

const device = await openDevice({ threads: 2 });
afterAll(() => device.dispose());

const data = { train: halves(106), test: halves(20) };
const small = { data, epochs: 4, batch: 16, device } satisfies TrainOptions;

/** Takes pictures of any size. */
const pooled = () =>
  nn.sequential({
    conv: nn.conv2d(4, { kernel: 3, padding: 1, bias: false }),
    norm: nn.batchNorm2d(),
    relu: nn.relu(),
    pool: nn.globalAvgPool2d(),
    flatten: nn.flatten(),
    head: nn.linear(2),
  });

const read = (parameter: Parameter | undefined) => Array.from(parameter?.read() ?? []);

const states = (net: nn.AnyModule) =>
  Object.fromEntries(nn.namedStates(net).map(([name, { parameter }]) => [name, read(parameter)]));

describe("resumed, a run ends in the same bits", () => {
  const large = { train: halves(60, 16), test: halves(20, 16) };
  test.each<[string, Partial<TrainOptions>]>([
    ["mixup", { mixup: 0.4 }],
    ["CutMix and mixup with smoothed labels", { mixup: 0.2, cutmix: 1, labelSmoothing: 0.1 }],
    ["balanced sampling", { sampler: "balanced" }],
    ["SWA", { swa: { start: 2 }, schedule: "constant" }],
    ["SWA at a rate of its own", { swa: { start: 0.5, lr: 0.02 } }],
    ["Lookahead by an option", { lookahead: { k: 3 }, optimizer: "sgd" }],
    ["SAM by an option, gathered", { sam: 0.1, optimizer: "sgd", accumulate: 2 }],
    ["decay of weights, rates by depth", { decay: "weights", layerDecay: 0.7 }],
    ["rates by name", { groups: [{ match: "5", lrMultiplier: 3, weightDecay: 0.1 }] }],
    ["frozen layers that thaw", { freeze: ["0", "1"], unfreezeAt: [{ epoch: 3, layers: ["1"] }] }],
    ["all statistics kept", { freezeBatchNorm: "all" }],
    ["test-time views", { tta: "flip-shift" }],
    ["a loss by its name", { loss: { name: "softmaxFocal", gamma: 1 } }],
    ["warm-up in epochs", { warmupEpochs: 1.5 }],
    ["a recipe", { recipe: "finetune", epochs: 4, augmentation: [] }],
  ])("with %s", async (_, more) => {
    const options = { ...small, ...more };
    const [whole, parts] = [memoryStore(), memoryStore()];
    const first = await train(mixture(), { ...options, store: whole });
    for (const at of [3, 13, 19]) {
      await train(mixture(), { ...options, store: parts, resume: at > 3, ...endingAt(at) });
    }
    // What the run was begun with need not be said again.
    const rest = { data, device, store: parts, resume: true };
    const resumed = await train(mixture(), rest);
    await expectEqualFiles(whole, parts);
    expect(resumed.save()).toEqual(first.save());
    const again = await train(mixture(), rest);
    expect(again.alreadyFinished).toBe(true);
    expect(again.save()).toEqual(first.save());
    await expect(train(mixture(), { ...rest, batch: 8 })).rejects.toThrow("begun with batch");
  });

  test("with pictures that grow", async () => {
    const options = { ...small, data: large, progressiveResize: 8, mixup: 0.2 };
    const [whole, parts] = [memoryStore(), memoryStore()];
    await train(pooled(), { ...options, store: whole });
    for (const at of [2, 9]) {
      await train(pooled(), { ...options, store: parts, resume: at > 2, ...endingAt(at) });
    }
    await train(pooled(), { data: large, device, store: parts, resume: true });
    await expectEqualFiles(whole, parts);
    await expect(train(mixture(), options)).rejects.toThrow(
      "does not take pictures of 1×8×8 — progressive resizing is for networks with a global pool",
    );
    await expect(train(pooled(), { ...options, progressiveResize: 16 })).rejects.toThrow(
      "pictures of 16 growing by 4 to 16",
    );
  });
});

test("frozen layers stay as they are, with their statistics, until they thaw", async () => {
  const net = nn.initialize(mixture(), [1, 4, 4], { seed: 1 });
  const before = states(net);
  const seen: Record<string, number[]>[] = [];
  await train(net, {
    ...small,
    freeze: ["0", "1"],
    unfreezeAt: [{ epoch: 4, layers: ["1"] }],
    validation: 0,
    callbacks: [{ onEpoch: () => void seen.push(states(net)) }],
  });
  const same = (epoch: number) =>
    Object.keys(before).filter((name) => String(before[name]) === String(seen[epoch - 1][name]));
  const frozen = ["0.weight", "1.weight", "1.bias", "1.running_mean", "1.running_var"];
  expect(same(1)).toEqual(expect.arrayContaining(frozen));
  expect(same(3)).toEqual(expect.arrayContaining(frozen));
  expect(same(1)).not.toContain("5.weight");
  expect(same(4)).toEqual(["0.weight"]);
  // The caller's network is as trainable as it was.
  expect(nn.parameters(net).every(({ trainable }) => trainable)).toBe(true);

  const followed = nn.initialize(mixture(), [1, 4, 4], { seed: 1 });
  await train(followed, { ...small, epochs: 1, freeze: ["0", "1"], freezeBatchNorm: false });
  expect(states(followed)["1.weight"]).toEqual(before["1.weight"]);
  expect(states(followed)["1.running_mean"]).not.toEqual(before["1.running_mean"]);
  await expect(train(mixture(), { ...small, freeze: ["conv9"] })).rejects.toThrow(
    "[layers] no layer or parameter is called conv9 — there are 0, 1, 5",
  );
  await expect(train(mixture(), { ...small, freeze: ["*"] })).rejects.toThrow(
    "all parameters are frozen",
  );
});

test("rates fall with depth, and decay leaves biases and norms alone", async () => {
  // One step of gradient descent at a rate of 1 moves a parameter by its rate times the gradient.
  const moves = async (more: Partial<TrainOptions>) => {
    const net = nn.initialize(pooled(), [1, 4, 4], { seed: 3 });
    const before = states(net);
    const options = {
      ...small,
      epochs: 1,
      batch: 106,
      validation: 0,
      schedule: "constant",
    } as const;
    await train(net, { ...options, optimizer: { name: "sgd", lr: 0.1 }, ...more });
    const after = states(net);
    return (name: string) => after[name].map((value, i) => value - before[name][i]);
  };
  const [plain, deep] = [await moves({}), await moves({ layerDecay: 0.5 })];
  const ratio = (name: string) => deep(name)[0] / plain(name)[0];
  expect(ratio("head.weight")).toBeCloseTo(1, 4);
  expect(ratio("conv.weight")).toBeCloseTo(0.5, 3);
  expect(ratio("norm.bias")).toBeCloseTo(0.5, 3);
  const named = await moves({ groups: [{ match: "conv", lrMultiplier: 0.25 }] });
  expect(named("conv.weight")[0] / plain("conv.weight")[0]).toBeCloseTo(0.25, 3);
  const optimizer = { name: "sgd", lr: 0.1, weightDecay: 1 } as const;
  const [all, weights] = [await moves({ optimizer }), await moves({ optimizer, decay: "weights" })];
  // Scales begin at 1, so decay moves them by −0.1.
  expect(all("norm.weight")[0] - plain("norm.weight")[0]).toBeCloseTo(-0.1, 4);
  expect(weights("norm.weight")[0]).toBeCloseTo(plain("norm.weight")[0], 6);
  expect(weights("conv.weight")).toEqual(all("conv.weight"));
});

test("mixed pictures are learnt from, and their accuracy counts the larger share", async () => {
  const run = await train(mixture(), {
    ...small,
    epochs: 8,
    mixup: 0.2,
    cutmix: 1,
    optimizer: { name: "adamw", lr: 0.01 },
  });
  expect(run.accuracy).toBe(1);
  const last = run.history.at(-1) as EpochRecord;
  expect(last.accuracy).toBeGreaterThan(0.7);
  // The entropy of mixed labels is not to be learnt away.
  expect(last.loss).toBeGreaterThan(last.valLoss as number);
});

test("SWA tests and saves the mean of the last epochs' weights, with statistics of its own", async () => {
  const net = nn.initialize(mixture(), [1, 4, 4], { seed: 2 });
  const seen: Record<string, number[]>[] = [];
  const store = memoryStore();
  const run = await train(net, {
    ...small,
    swa: { start: 2 },
    store,
    callbacks: [{ onEpoch: () => void seen.push(states(net)) }],
  });
  const mean = seen[2]["5.weight"].map((value, i) => (value + seen[3]["5.weight"][i]) / 2);
  for (const [i, value] of states(net)["5.weight"].entries()) expect(value).toBeCloseTo(mean[i], 6);
  expect(states(net)["1.running_mean"]).not.toEqual(seen[3]["1.running_mean"]);
  expect(await store.read("model.safetensors")).toEqual(run.save());
  expect(await run.evaluate(data.test)).toEqual(run.test);
});

test("warm-up in epochs is a share of all", async () => {
  const rates: number[] = [];
  const onEpoch = ({ learningRate }: EpochRecord) => void rates.push(learningRate);
  const options = { ...small, schedule: "constant", optimizer: { name: "sgd", lr: 0.1 } } as const;
  await train(mixture(), { ...options, warmupEpochs: 2, callbacks: [{ onEpoch }] });
  expect(rates[0]).toBeLessThan(0.06);
  expect(rates.slice(2)).toEqual([0.1, 0.1]);
  await expect(train(mixture(), { ...options, warmupEpochs: 4 })).rejects.toThrow(
    "warm-up is 4 of 4 epochs",
  );
});

describe("minutes", () => {
  test("fit the schedule to the time, which a resumed run keeps", async () => {
    const rates: number[] = [];
    const onEpoch = ({ learningRate }: EpochRecord) => void rates.push(learningRate);
    const store = memoryStore();
    const options = { data, batch: 16, device, store, minutes: 0.02, schedule: "linear" } as const;
    const first = await train(mixture(), { ...options, callbacks: [{ onEpoch }] });
    expect(first.history.length).toBeGreaterThan(1);
    expect(first.config.minutes).toBe(0.02);
    // The schedule came to its end.
    expect(rates.at(-1)).toBeLessThan(rates[0]);
    const again = await train(mixture(), { ...options, resume: true });
    expect(again.alreadyFinished).toBe(true);

    const parts = memoryStore();
    await train(mixture(), { ...options, store: parts, ...endingAt(2) });
    const { position } = JSON.parse(await metadataOf(parts));
    expect(position.total).toBeGreaterThan(2);
    const resumed = await train(mixture(), { data, device, store: parts, resume: true });
    expect(resumed.history.at(-1)?.step).toBe(position.total);
  });

  test("take no turns with epochs", async () => {
    const both = train(mixture(), { ...small, minutes: 1 });
    await expect(both).rejects.toThrow("epochs is 4 and minutes 1 — give one of the two");
  });
});

async function metadataOf(store: ReturnType<typeof memoryStore>): Promise<string> {
  const bytes = (await store.read("checkpoint.safetensors")) as Uint8Array;
  const length = Number(new DataView(bytes.buffer, bytes.byteOffset).getBigUint64(0, true));
  const header = JSON.parse(new TextDecoder().decode(bytes.subarray(8, 8 + length)));
  return JSON.stringify({ position: JSON.parse(header.__metadata__.position) });
}

describe("recipes by name", () => {
  test("settle what is not said, and are kept by name", async () => {
    const augmentation = parseTransforms("none");
    const options = { data, device, recipe: "finetune", augmentation } as const;
    const { config } = await train(mixture(), { ...options, epochs: 1, batch: 8 });
    expect(config).toMatchObject({
      ...{ recipe: "finetune", epochs: 1, batch: 8, layerDecay: 0.75, labelSmoothing: 0.1 },
      ...{ decay: "weights", optimizer: { name: "adamW", lr: 1e-3, weightDecay: 0.01 } },
    });
    const other = await train(mixture(), { ...options, epochs: 1, optimizer: "sgd" });
    // The recipe's rate is for its own optimiser.
    expect(other.config.optimizer).toEqual({ name: "sgd", lr: 1e-2 });
  });

  test("a name that is none is refused", async () => {
    await expect(train(mixture(), { ...small, recipe: "finetun" })).rejects.toThrow(
      "did you mean finetune?",
    );
  });
});

test("losses by name reach the step, with their settings", async () => {
  const loss = async (given: TrainOptions["loss"]) =>
    (await train(mixture(), { ...small, epochs: 1, loss: given })).history[0].loss;
  const focal = await loss("softmaxFocal");
  expect(focal).toBeLessThan(await loss({ name: "softmaxFocal", gamma: 0.5 }));
  expect(await loss("bce-with-logits" as "bceWithLogits")).toBeGreaterThan(0);
  expect(await loss("l1")).not.toBe(await loss("squaredError"));
  await expect(loss({ name: "softmaxFocal", delta: 1 })).rejects.toThrow(
    "softmaxFocal has no delta",
  );
});

test("auxiliary classifiers learn by their share of the loss, and are not there in evaluation", async () => {
  class Deep extends nn.Module {
    conv = nn.conv2d(4, { kernel: 3 });
    flatten = nn.flatten();
    aux = nn.linear(2);
    head = nn.linear(2);
    readonly share: number;
    constructor(share: number) {
      super();
      this.share = share;
    }
    forward(x: Tensor, mode: nn.Mode): Tensor {
      const h = this.flatten.call(this.conv.call(x, mode), mode);
      if (mode.training) {
        const lossWeight = this.share;
        nn.recordOutput({ name: "aux", tensor: this.aux.call(h, mode), lossWeight });
      }
      return this.head.call(h, mode);
    }
  }
  const run = async (share: number) => {
    const net = nn.initialize(new Deep(share), [1, 4, 4], { seed: 1 });
    const before = states(net);
    const optimizer = { name: "sgd", lr: 0.05 } as const;
    const { history, test: tested } = await train(net, { ...small, validation: 0, optimizer });
    return { first: history[0].loss, tested, before, after: states(net) };
  };
  const [with03, without] = [await run(0.3), await run(0)];
  expect(with03.first).toBeGreaterThan(without.first);
  expect(with03.after["aux.weight"]).not.toEqual(with03.before["aux.weight"]);
  expect(without.after["aux.weight"]).toEqual(without.before["aux.weight"]);
  expect(with03.tested?.accuracy).toBe(1);
});
