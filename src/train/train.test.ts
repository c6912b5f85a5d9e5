import { afterAll, describe, expect, test, vi } from "vitest";
import { platform } from "#platform";
import { expectEqualFiles, halves, mixture } from "../../test/small-runs.ts";
import { parseTransforms } from "../augment/settings.ts";
import { glyphs } from "../data/index.ts";
import { softmaxFocal } from "../losses/softmax-focal.ts";
import * as nn from "../nn/index.ts";
import { lookahead, sam, sgd } from "../optim/index.ts";
import { type Device, openDevice } from "../tensor/index.ts";
import {
  Classifier,
  type EpochRecord,
  memoryStore,
  type RunFile,
  type RunStore,
  type TrainOptions,
  train,
} from "./index.ts";

const wasm = await openDevice({ threads: 2 });
const reference = await openDevice({ backend: "reference" });
afterAll(() => Promise.all([wasm.dispose(), reference.dispose()]));

const data = glyphs({ train: 200, test: 40 });
const small = { data, epochs: 2, batch: 32, device: wasm } satisfies TrainOptions;

const text = async (store: RunStore, file: RunFile) =>
  new TextDecoder().decode((await store.read(file)) as Uint8Array);

test("learns, tells what it did, and predicts", async () => {
  const store = memoryStore();
  const steps: number[] = [];
  const run = await train("lenet5", {
    ...small,
    data: "glyphs:train=1000,test=200",
    epochs: 4,
    store,
    onProgress: ({ phase, step }) => phase === "train" && steps.push(step),
  });
  expect(run.accuracy).toBeGreaterThan(0.8);
  expect(run.history.map(({ epoch }) => epoch)).toEqual([1, 2, 3, 4]);
  expect(run.history[3].loss).toBeLessThan(run.history[0].loss);
  expect(run.history[3].valAccuracy).toBeGreaterThan(0.7);
  // 900 pictures, the last batch of an epoch being partial.
  expect(steps).toEqual(Array.from({ length: 4 * 29 }, (_, i) => i + 1));
  const config = JSON.parse(await text(store, "config.json"));
  expect(config.data).toMatchObject({ name: "glyphs", train: 900, validation: 100, test: 200 });
  const lines = (await text(store, "metrics.jsonl"))
    .trim()
    .split("\n")
    .map((l) => JSON.parse(l));
  expect(lines.map(({ event }) => event)).toEqual([...new Array(4).fill("epoch"), "test"]);
  expect(lines[4].accuracy).toBe(run.accuracy);

  const { test: part } = glyphs({ train: 1, test: 200 });
  const image = (i: number) => ({
    width: 28,
    height: 28,
    channels: 1 as const,
    data: part.images.slice(i * 784, (i + 1) * 784),
  });
  const bytes = (await store.read("model.safetensors")) as Uint8Array;
  const loaded = await Classifier.load(bytes, { device: wasm });
  let hits = 0;
  for (let i = 0; i < 50; i++) {
    const { label, probability, top } = await loaded.predict(image(i), { top: 3 });
    expect(top[0]).toEqual({ label, probability });
    expect(top).toHaveLength(3);
    if (label === String(part.labels[i])) hits++;
  }
  expect(hits / 50).toBeGreaterThan(0.7);
  expect(await loaded.evaluate(part)).toEqual(run.test);
  expect(loaded.save()).toEqual(bytes);
});

describe("equal runs are equal files", () => {
  test("on one thread and on two", async () => {
    const [a, b] = [memoryStore("a"), memoryStore("b")];
    await train("lenet5", { ...small, store: a });
    const one = await openDevice({ threads: 1 });
    await train("lenet5", { ...small, device: one, store: b });
    await one.dispose();
    await expectEqualFiles(a, b);
    const c = memoryStore();
    await train("lenet5", { ...small, seed: 1, store: c });
    expect(await text(c, "metrics.jsonl")).not.toBe(await text(a, "metrics.jsonl"));
  });

  // Steps: 6 to an epoch. In the first, at its last step, right after it, and in the last.
  test.each([1, 5, 6, 7, 11, 12])("after an interruption at step %i", async (at) => {
    const options = {
      data: { train: halves(106), test: halves(20) },
      epochs: 2,
      batch: 16,
      optimizer: { name: "sgd", lr: 0.05, momentum: 0.9 } as const,
      augmentation: parseTransforms("shift=1"),
    };
    for (const device of [wasm, reference]) {
      const [whole, parts] = [memoryStore(), memoryStore()];
      await train(mixture(), { ...options, device, store: whole });
      const { signal, abort } = abortable();
      const first = await train(mixture(), {
        ...options,
        ...{ device, store: parts, signal },
        onProgress: ({ step, phase }) => phase === "train" && step === at && abort(),
      });
      expect(first.interrupted).toBe(true);
      expect(first.accuracy).toBeNaN();
      const started: (number | undefined)[] = [];
      const second = await train(mixture(), {
        ...options,
        ...{ device, store: parts, resume: true },
        callbacks: [{ onStart: ({ resumedAt }) => started.push(resumedAt) }],
      });
      expect(started).toEqual([at]);
      expect(second.interrupted).toBe(false);
      await expectEqualFiles(whole, parts);
    }
  });

  // Whatever the optimiser keeps, whatever the schedule watches, gradients in the middle of their gathering, averages.
  const clips = { clip: 0.5 };
  test.each<[string, () => Partial<TrainOptions>]>([
    ["adam amsgrad", () => ({ optimizer: { name: "adam", amsgrad: true } })],
    ["adamw", () => ({ optimizer: "adamw", schedule: "cosine-restarts" })],
    ["nadam", () => ({ optimizer: "nadam", schedule: { name: "multi-step", milestones: [3, 9] } })],
    ["radam", () => ({ optimizer: "radam", schedule: "linear" })],
    ["adamax", () => ({ optimizer: "adamax", schedule: "inverse-sqrt", warmup: 2 })],
    ["adagrad", () => ({ optimizer: { name: "adagrad", lrDecay: 0.1 }, schedule: "exponential" })],
    ["adadelta", () => ({ optimizer: "adadelta", schedule: "polynomial" })],
    ["rmsprop", () => ({ optimizer: { name: "rmsprop", centered: true, momentum: 0.5 } })],
    ["rprop", () => ({ optimizer: "rprop" })],
    ["asgd", () => ({ optimizer: { name: "asgd", t0: 3 }, schedule: "step" })],
    ["lion", () => ({ optimizer: "lion", schedule: "cyclic" })],
    ["lamb", () => ({ optimizer: "lamb", ...clips })],
    ["lars", () => ({ optimizer: "lars", schedule: "one-cycle" })],
    ["muon", () => ({ optimizer: { name: "muon", adamW: ["5.*"] } })],
    ["lookahead", () => ({ optimizer: lookahead(sgd({ lr: 0.05 }), { k: 4 }) })],
    ["sam", () => ({ optimizer: sam(sgd({ lr: 0.05, momentum: 0.9 })), accumulate: 2 })],
    ["a plateau", () => ({ schedule: { name: "reduce-on-plateau", patience: 0, threshold: 0.5 } })],
    ["accumulation", () => ({ accumulate: 4, ...clips })],
    ["an average", () => ({ ema: 0.9 })],
    [
      "all together",
      () => ({ optimizer: "muon", accumulate: 3, ema: 0.9, schedule: "reduce-on-plateau" }),
    ],
  ])("after an interruption under %s", async (_, more) => {
    const options = () => ({
      ...{ data: { train: halves(106), test: halves(20) }, epochs: 3, batch: 16, device: wasm },
      ...more(),
    });
    const [whole, parts] = [memoryStore(), memoryStore()];
    const [a, b] = [mixture(), mixture()];
    const first = await train(a, { ...options(), store: whole });
    for (const at of [2, 7, 15]) {
      const { signal, abort } = abortable();
      const onProgress = (at: number) => (progress: { step: number; phase: string }) =>
        void (progress.phase === "train" && progress.step === at && abort());
      const net = at === 2 ? b : mixture();
      await train(net, {
        ...options(),
        store: parts,
        signal,
        resume: at > 2,
        onProgress: onProgress(at),
      });
    }
    const last = mixture();
    const resumed = await train(last, { ...options(), store: parts, resume: true });
    await expectEqualFiles(whole, parts);
    // What is left in the network, too, and what a run that was finished before leaves there.
    expect(resumed.save()).toEqual(first.save());
    const again = await train(mixture(), { ...options(), store: parts, resume: true });
    expect(again.alreadyFinished).toBe(true);
    expect(again.save()).toEqual(first.save());
  });

  test("after a kill between any two writes", async () => {
    const whole = memoryStore();
    await train("lenet5", { ...small, store: whole, checkpointSeconds: 0 });
    // 3 files and the checkpoint for an epoch, one for each step, config.json before and the test after.
    let writes = 0;
    await train("lenet5", {
      ...small,
      store: dying(memoryStore(), () => void writes++),
      checkpointSeconds: 0,
    });
    expect(writes).toBeGreaterThan(15);
    for (let last = 0; last < writes; last += 5) {
      const store = memoryStore();
      let left = last;
      const killed = dying(store, () => {
        if (left-- === 0) throw new Error("killed");
      });
      const options = { ...small, checkpointSeconds: 0 };
      await expect(train("lenet5", { ...options, store: killed })).rejects.toThrow("killed");
      await train("lenet5", { ...options, store, resume: true });
      await expectEqualFiles(whole, store);
    }
  });
});

function abortable() {
  const controller = new AbortController();
  return { signal: controller.signal, abort: () => controller.abort() };
}

const dying = (store: RunStore, before: (file: RunFile) => void): RunStore => ({
  ...store,
  write: async (file, content) => {
    before(file);
    await store.write(file, content);
  },
});

test("a finished run is not trained again, and other settings are refused", async () => {
  const store = memoryStore();
  const first = await train("lenet5", { ...small, store });
  const again = await train("lenet5", { ...small, store, resume: true });
  expect(again.alreadyFinished).toBe(true);
  expect(again.test).toEqual(first.test);
  const resumed = (more: Partial<TrainOptions>) =>
    train("lenet5", { ...small, store, resume: true, ...more });
  // However the optimiser's name is spelt, its settings are those that the run was begun with.
  expect((await resumed({ optimizer: "adamw" })).alreadyFinished).toBe(true);
  expect((await resumed({ optimizer: { name: "adamw" } })).alreadyFinished).toBe(true);
  await expect(resumed({ batch: 16 })).rejects.toThrow(
    "[resume] the run was begun with batch 32, now it is 16",
  );
  await expect(resumed({ data: glyphs({ train: 200, test: 40, seed: 1 }) })).rejects.toThrow(
    /begun with data .*fingerprint/,
  );
  await store.write("checkpoint.safetensors", "damaged");
  await expect(resumed({})).rejects.toThrow("[safetensors] memory/checkpoint.safetensors");
});

test("train, evaluate, train: a network of one's own goes on from where it is", async () => {
  const net = nn.initialize(mixture(), [1, 4, 4], { seed: 5 });
  const pair = { train: halves(64), test: halves(20) };
  const options = { data: pair, epochs: 1, batch: 16, device: wasm, validation: 0 };
  const first = await train(net, { ...options, optimizer: sgd({ lr: 0.05 }) });
  const seen = await first.evaluate(pair.test);
  expect(seen).toEqual(first.test);
  const second = await train(net, { ...options, optimizer: sgd({ lr: 0.05 }) });
  expect(second.history[0].loss).toBeLessThan(first.history[0].loss);
  expect(second.history[0].valLoss).toBeUndefined();
  // The same weights, so the first run's programs see them, too.
  expect(await first.evaluate(pair.test)).toEqual(second.test);
  await expect(Classifier.load(first.save(), { device: wasm })).rejects.toThrow("somebody's own");
  const copy = await Classifier.load(first.save(), { device: wasm, net: mixture() });
  expect(await copy.evaluate(pair.test)).toEqual(second.test);
});

test("early stopping, and a callback that has seen enough", async () => {
  const options = { data: { train: halves(40), test: halves(10) }, batch: 8, device: wasm };
  // A learning rate of 0 never gets better.
  const still = { ...options, epochs: 20, optimizer: { name: "sgd", lr: 0 } as const };
  const run = await train(nn.sequential(nn.flatten(), nn.linear(2)), { ...still, patience: 3 });
  expect(run.history).toHaveLength(4);
  expect(run.stoppedEarly).toBe(true);
  expect(run.test).toBeDefined();
  const onEpoch = ({ epoch }: EpochRecord) => (epoch === 2 ? "stop" : undefined);
  const told = await train(nn.sequential(nn.flatten(), nn.linear(2)), {
    ...still,
    callbacks: [{ onEpoch }],
  });
  expect(told.history).toHaveLength(2);
});

describe("a step that goes wrong", () => {
  test("is named with its op, is not made, and the last checkpoint stays", async () => {
    const store = memoryStore();
    const options = {
      data: { train: halves(64), test: halves(8) },
      ...{ epochs: 3, batch: 16, device: wasm, store, validation: 0, checkpointSeconds: 0 },
      schedule: ((t: number) => (t === 5 ? 1e38 : 1)) as (t: number) => number,
      optimizer: { name: "sgd", lr: 0.05 } as const,
    };
    const net = nn.sequential(nn.flatten(), nn.linear(8), nn.relu(), nn.linear(2));
    await expect(train(net, options)).rejects.toThrow(
      /^\[train\] loss is (NaN|Infinity) at step 7 \(epoch 2, batch 3\); first, \w+ in \S+ gives .*update was not made.*checkpoint after step 6 in memory is kept/,
    );
    const kept = (await store.read("checkpoint.safetensors")) as Uint8Array;
    expect(new TextDecoder().decode(kept.slice(0, 400))).toContain("step");
    // Nothing of the bad step: the weights are finite, as the sixth step left them.
    for (const parameter of nn.parameters(net)) {
      expect(parameter.read().every(Number.isFinite)).toBe(true);
    }
  });

  test("weights that are NaN already are told", async () => {
    const net = nn.initialize(nn.sequential(nn.flatten(), nn.linear(2)), [1, 4, 4]);
    const [weight] = nn.parameters(net);
    weight.write(weight.read().fill(Number.NaN));
    const options = { data: { train: halves(20), test: halves(8) }, device: wasm };
    await expect(train(net, options)).rejects.toThrow(
      "at step 1 (epoch 1, batch 1); first, 1.weight holds NaN already",
    );
  });

  test("a gradient that is not finite under a finite loss is traced to its op", async () => {
    const net = nn.sequential(
      nn.flatten(),
      nn.linear(2),
      nn.module("Root", (x) => x.sub(x).sqrt().add(x)),
    );
    const options = { data: { train: halves(20), test: halves(8) }, device: wasm };
    await expect(train(net, options)).rejects.toThrow(
      /a gradient is not finite at step 1 .*first, \w+ in 2 gives (-?Infinity|NaN)/,
    );
  });
});

test("a device that fails, or a disk that is full, leaves the last checkpoint", async () => {
  const store = memoryStore();
  const failing: Device = {
    ...wasm,
    name: "wasm",
    allocate: (ref, initial) => wasm.allocate(ref, initial),
    dispose: () => wasm.dispose(),
    compile: async (graph, buffers) => {
      const program = await wasm.compile(graph, buffers);
      let runs = 0;
      const run: typeof program.run = async (inputs, n) => {
        if (graph.updates.length > 0 && ++runs === 8) throw new Error("[threads] thread 1 ended");
        return program.run(inputs, n);
      };
      return { report: program.report, run, dispose: () => program.dispose() };
    },
  };
  await expect(train("lenet5", { ...small, device: failing, store })).rejects.toThrow("thread 1");
  const kept = await store.read("checkpoint.safetensors");
  const full = dying(store, (file) => {
    if (file === "checkpoint.safetensors") throw new Error("ENOSPC");
  });
  await expect(train("lenet5", { ...small, store: full, resume: true })).rejects.toThrow("ENOSPC");
  expect(await store.read("checkpoint.safetensors")).toBe(kept);
  const whole = memoryStore();
  await train("lenet5", { ...small, store: whole });
  await train("lenet5", { ...small, store, resume: true });
  await expectEqualFiles(whole, store);
});

test("a thread that dies in the middle of a step ends the run, and it goes on from its checkpoint", async () => {
  const { spawn } = platform;
  vi.spyOn(platform, "spawn").mockImplementationOnce((script, name, events) => {
    const call = "runs.get(handle)(";
    expect(script).toContain(call);
    const dying = `(globalThis.run = (globalThis.run ?? 0) + 1) === 9 && process.exit(3), ${call}`;
    return spawn(script.replace(call, dying), name, events);
  });
  const device = await openDevice({ threads: 2 });
  const [whole, store] = [memoryStore(), memoryStore()];
  await expect(train("lenet5", { ...small, device, store })).rejects.toThrow(
    "[threads] thread 1 of 2 ended",
  );
  vi.restoreAllMocks();
  await train("lenet5", { ...small, store: whole });
  await train("lenet5", { ...small, device, store, resume: true });
  await expectEqualFiles(whole, store);
  await device.dispose();
});

test("loss settings reach the loss", async () => {
  const options = { ...small, epochs: 1, optimizer: { name: "sgd", lr: 0 } as const };
  const lossWith = async (more: Partial<TrainOptions>) =>
    (await train("lenet5", { ...options, ...more })).history[0].loss;
  const plain = await lossWith({});
  expect(plain).toBeCloseTo(Math.log(10), 1);
  expect(await lossWith({ labelSmoothing: 0.5 })).not.toBe(plain);
  const weights = new Array(10).fill(1);
  expect(await lossWith({ classWeights: weights })).toBeCloseTo(plain, 5);
  weights[3] = 50;
  expect(await lossWith({ classWeights: weights })).not.toBeCloseTo(plain, 4);
  // Ten glyphs in a row hold each digit once, so balanced weights are nearly equal.
  expect(await lossWith({ classWeights: "balanced" })).toBeCloseTo(plain, 1);
  await expect(train("zhang", { ...options, labelSmoothing: 0.1 })).rejects.toThrow(
    "squared error",
  );
  await expect(lossWith({ loss: softmaxFocal, classWeights: "balanced" })).rejects.toThrow(
    "a loss of your own",
  );
  expect(await lossWith({ loss: (x, y) => softmaxFocal(x, y, { gamma: 0 }) })).toBeCloseTo(
    plain,
    5,
  );
});

test("gradients are clipped by norm, by value or by both", async () => {
  const options = {
    ...{ data: { train: halves(32), test: halves(8) }, epochs: 1, batch: 8, device: wasm },
    optimizer: { name: "sgd", lr: 1 } as const,
  };
  const after = async (clip: TrainOptions["clip"]) => {
    const net = nn.sequential(nn.flatten(), nn.linear(2));
    await train(net, { ...options, clip });
    return nn.parameters(net).map((parameter) => [...parameter.read()]);
  };
  const [norm, value] = [await after({ clipNorm: 0.1 }), await after({ clipValue: 0.01 })];
  expect(await after(0.1)).toEqual(norm);
  expect(value).not.toEqual(await after(undefined));
  expect(await after({ clipNorm: 0.1, clipValue: 0.01 })).not.toEqual(norm);
});

describe("gathered gradients", () => {
  test("make the steps of larger batches", async () => {
    const options = {
      ...{ data: { train: halves(96), test: halves(20) }, epochs: 2, validation: 0, device: wasm },
      optimizer: { name: "sgd", lr: 0.1, momentum: 0.9 } as const,
    };
    const plain = () => nn.sequential(nn.flatten(), nn.linear(8), nn.tanh(), nn.linear(2));
    const [large, small] = [plain(), plain()];
    const a = await train(large, { ...options, batch: 32, schedule: "cosine" });
    const b = await train(small, { ...options, batch: 8, accumulate: 4, schedule: "cosine" });
    expect(b.history[1].step).toBe(4 * a.history[1].step);
    expect(b.history[1].learningRate).toBe(a.history[1].learningRate);
    for (const [i, parameter] of nn.parameters(small).entries()) {
      const expected = nn.parameters(large)[i].read();
      for (const [k, value] of parameter.read().entries())
        expect(value).toBeCloseTo(expected[k], 5);
    }
  });
});

test("averaged weights are validated, tested, saved and left behind", async () => {
  const store = memoryStore();
  const options = { data: { train: halves(64), test: halves(20) }, epochs: 2, batch: 8 };
  const run = await train(mixture(), { ...options, device: wasm, store, ema: 0.99 });
  const plain = await train(mixture(), { ...options, device: wasm });
  // Training itself is the same; what is measured on held-back pictures is not.
  expect(run.history[1].loss).toBe(plain.history[1].loss);
  expect(run.history[1].valLoss).not.toBe(plain.history[1].valLoss);
  const saved = (await store.read("model.safetensors")) as Uint8Array;
  expect(run.save()).toEqual(saved);
  expect(plain.save()).not.toEqual(saved);
  expect(await run.evaluate(halves(20))).toEqual(run.test);
});

test("a schedule sees what the validation found", async () => {
  const seen: (readonly number[])[] = [];
  const run = await train(mixture(), {
    ...{ data: { train: halves(40), test: halves(10) }, epochs: 3, batch: 40, device: wasm },
    schedule: (_t, _total, history = []) => {
      seen.push(history);
      return 1;
    },
  });
  const losses = run.history.map(({ valLoss }) => valLoss as number);
  expect(seen).toContainEqual([]);
  expect(seen).toContainEqual(losses.slice(0, 1));
  expect(seen.at(-1)).toEqual(losses.slice(0, 2));
});

test("a batch larger than the data is one batch, and says so", async () => {
  const notes: string[] = [];
  const run = await train("lenet5", {
    ...small,
    batch: 1000,
    epochs: 1,
    callbacks: [{ onNote: (note) => notes.push(note) }],
  });
  expect(run.history[0].step).toBe(1);
  expect(notes.join("\n")).toMatch(/batch 1000 is larger than glyphs \(180 pictures\)/);
});

test("wrong options are refused in words", async () => {
  const fails = (more: Partial<TrainOptions>, model = "lenet5") =>
    expect(train(model, { ...small, ...more })).rejects;
  await fails({ epochs: 0 }).toThrow("epochs is 0 — give a whole number from 1");
  await fails({ batch: 1.5 }).toThrow("batch is 1.5");
  await fails({ validation: 1 }).toThrow("validation is 1");
  await fails({ clip: -1 }).toThrow("clip is -1");
  await fails({ clip: { clipValue: 0 } }).toThrow("clip is 0");
  await fails({ loss: "msee" as "squaredError" }).toThrow("did you mean mse?");
  await fails({ optimizer: "sgdm" as "sgd" }).toThrow("did you mean sgd?");
  await fails({ optimizer: { name: "adam", momentum: 0.9 } }).toThrow("adam has no momentum");
  await fails({ optimizer: { name: "rprop", weightDecay: 0.1 } }).toThrow(
    "rprop has no weightDecay",
  );
  await fails({ optimizer: { name: "adam", betas: [1, 0.9] } }).toThrow("[adam] betas 1,0.9");
  await fails({ schedule: "cosin" as "cosine" }).toThrow("did you mean cosine?");
  await fails({ schedule: { name: "cosine", size: 3 } as { name: "cosine" } }).toThrow(
    "cosine has no size — it has min",
  );
  await fails({ warmup: -1 }).toThrow("[warmup] -1 steps");
  await fails({ accumulate: 0 }).toThrow("accumulate is 0 — give a whole number from 1");
  await fails({ ema: 1 }).toThrow("ema is 1 — give a decay from 0 to below 1");
  await fails({ classWeights: [1, 2] }).toThrow("2 class weights for 10 classes");
  await fails({}, "lenet6").toThrow('did you mean "lenet5"?');
  await fails({ data: "mnist:somewhere" }).toThrow('take train from "convkit/node"');
  await expect(train(nn.sequential(nn.flatten(), nn.linear(3)), small)).rejects.toThrow(
    "gives 32×3 for 10 classes, expected one row of 10 scores for each picture — end it with linear(10)",
  );
  const bad = { ...data.train, labels: Int32Array.from(data.train.labels).fill(11, 7, 8) };
  await fails({ data: { ...data, train: bad } }).toThrow("label 11 of picture 7 is out of range");
});
