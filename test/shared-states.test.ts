/**
 * Programs that share parameters, on the wasm device and step for step as on the reference: a GAN with two
 * optimisers over two networks, training between evaluations, and a layer written outside the package. (No bias
 * stands before batch norm: its gradient is nothing but rounding, from which Adam makes whole steps.)
 */
import { crossEntropy, gan } from "convkit/losses";
import * as nn from "convkit/nn";
import { adam, type Optimizer, sgd } from "convkit/optim";
import { compile, type Device, type HostTensor, openDevice, tensor } from "convkit/tensor";
import { afterAll, describe, expect, test } from "vitest";
import { Random } from "../src/core/random.ts";
import { relativeError } from "./op-cases.ts";

const wasm = await openDevice({ backend: "wasm", threads: 2 });
const reference = await openDevice({ backend: "reference" });
afterAll(() => Promise.all([wasm.dispose(), reference.dispose()]));

/** What was seen on the way: a name and numbers. */
type Trail = [string, ArrayLike<number>][];

async function expectSameWay(way: (device: Device) => Promise<Trail>): Promise<Trail> {
  const [found, expected] = [await way(wasm), await way(reference)];
  found.forEach(([name, data], i) => {
    expect(name).toBe(expected[i][0]);
    const error = relativeError(Float64Array.from(data), Float64Array.from(expected[i][1]));
    expect(error, name).toBeLessThan(1e-4);
  });
  return found;
}

const statesOf = (...owners: (nn.Module | Optimizer)[]): Trail =>
  owners.flatMap((owner) =>
    (owner instanceof nn.Module
      ? nn.namedStates(owner).map(([, { parameter }]) => parameter)
      : owner.state()
    ).map((p): [string, ArrayLike<number>] => [p.name, p.read()]),
  );

function noise(shape: readonly number[], seed: number): HostTensor {
  const random = new Random(seed, "noise");
  const size = shape.reduce((product, dim) => product * dim, 1);
  return tensor(
    Float32Array.from({ length: size }, () => random.normal()),
    shape,
  );
}

describe("a GAN", () => {
  const generator = () =>
    nn.sequential(
      nn.linear(2 * 9, { bias: false }),
      nn.batchNorm1d(),
      nn.relu(),
      nn.module("Map", (x) => x.reshape(x.shape[0], 2, 3, 3)),
      nn.convTranspose2d(1, { kernel: 4, stride: 2, padding: 1 }),
      nn.tanh(),
    );
  const discriminator = () =>
    nn.sequential(nn.conv2d(6, { kernel: 3 }), nn.leakyRelu(0.2), nn.flatten(), nn.linear(1));

  async function play(device: Device): Promise<Trail> {
    const [g, d] = [generator(), discriminator()];
    nn.initialize(g, [5], { seed: 1 });
    nn.initialize(d, [1, 6, 6], { seed: 2 });
    const [ruleG, ruleD] = [adam({ lr: 0.01 }), sgd({ lr: 0.05, momentum: 0.5 })];
    const mode = { training: true };
    const step = compile(
      (real, z) => {
        const fake = z.builder.apply("stopGradient", [g.call(z, mode)]);
        const lossD = gan.nonSaturating.discriminator(d.call(real, mode), d.call(fake, mode));
        ruleD.step(lossD, nn.parameters(d));
        // The generator plays against the discriminator as it is now.
        const lossG = gan.nonSaturating.generator(d.call(g.call(z, mode), mode));
        ruleG.step(lossG, nn.parameters(g));
        return { lossD, lossG };
      },
      { device, capacity: 20 },
    );
    const make = compile((z) => g.call(z, { training: false }), { device });
    const trail: Trail = [];
    for (const [t, n] of [17, 20, 3, 17].entries()) {
      const { lossD, lossG } = await step(noise([n, 1, 6, 6], t), noise([n, 5], 100 + t));
      const images = await make(noise([2, 5], 50));
      trail.push(["lossD", lossD.data], ["lossG", lossG.data], ["images", images.data]);
    }
    expect([step.programs, make.programs]).toEqual([1, 1]);
    step.dispose();
    make.dispose();
    return [...trail, ...statesOf(g, d, ruleG, ruleD)];
  }

  test("two optimisers move two networks in one program", async () => {
    const trail = await expectSameWay(play);
    const images = trail
      .filter(([name]) => name === "images")
      .map(([, data]) => [...Array.from(data)]);
    expect(images[1]).not.toEqual(images[0]);
  });
});

/** A learnt mixture of channels that keeps count of its uses. */
const mixing = () =>
  nn.module("Mixing", (x, m) => {
    const channels = x.shape[1];
    const uses = m.buffer("uses", [], nn.init.zeros());
    if (m.mode.training) m.updateBuffer("uses", uses.add(1));
    const weight = m.param("weight", [channels, channels], nn.init.ones());
    const mixed = x.transpose(0, 2, 3, 1).matmul(weight, { transposeB: true });
    return mixed.div(channels).transpose(0, 3, 1, 2);
  });

describe("a classifier with a layer of the user's", () => {
  async function learn(device: Device): Promise<Trail> {
    const net = nn.initialize(
      nn.sequential(
        nn.conv2d(6, { kernel: 3, padding: "same", bias: false }),
        nn.batchNorm2d(),
        mixing(),
        nn.silu(),
        nn.maxPool2d(2),
        nn.flatten(),
        nn.linear(4),
      ),
      [2, 6, 5],
      { seed: 3 },
    );
    const optimizer = adam({ lr: 0.01 });
    const step = compile(
      (x, y) => {
        const loss = crossEntropy(net.call(x, { training: true }), y, { labelSmoothing: 0.1 });
        optimizer.step(loss, nn.parameters(net));
        return loss;
      },
      { device, capacity: 17 },
    );
    const predict = compile((x) => net.call(x, { training: false }), { device });
    const trail: Trail = [];
    for (const [t, n] of [17, 5, 1, 17].entries()) {
      const labels = tensor(Int32Array.from({ length: n }, (_, i) => (i + t) % 4));
      trail.push(["loss", (await step(noise([n, 2, 6, 5], t), labels)).data]);
      trail.push(["logits", (await predict(noise([9, 2, 6, 5], 20))).data]);
    }
    step.dispose();
    predict.dispose();
    return [...trail, ...statesOf(net, optimizer)];
  }

  test("is trained, evaluated and trained on", async () => {
    const trail = await expectSameWay(learn);
    expect(trail.find(([name]) => name === "2.uses")?.[1][0]).toBe(4);
    const logits = trail.filter(([name]) => name === "logits").map(([, data]) => Array.from(data));
    expect(new Set(logits.map(String)).size).toBe(4);
  });
});
