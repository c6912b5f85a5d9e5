/** Layers as a user writes them: outside the package, which is imported by its public name. */
import { crossEntropy } from "convkit/losses";
import * as nn from "convkit/nn";
import { adamW } from "convkit/optim";
import { compile, openDevice, tensor } from "convkit/tensor";
import { expect, test } from "vitest";
import { grad } from "../src/autodiff/index.ts";
import type { OpTable } from "../src/graph/op.ts";
import type { Tensor } from "../src/graph/tensor.ts";
import { array, ReferenceStore, wave } from "./reference-store.ts";

/** Squeeze and excitation (Hu et al. 2017, arXiv:1709.01507), as a class. */
class SqueezeExcite extends nn.Module {
  reduce = nn.linear(2);
  relu = nn.relu();
  expand;

  constructor(channels: number) {
    super();
    this.expand = nn.linear(channels);
  }

  forward(x: Tensor, mode: nn.Mode): Tensor {
    const squeezed = this.relu.call(this.reduce.call(x.mean([2, 3]), mode), mode);
    const gate = nn.sigmoid().call(this.expand.call(squeezed, mode), mode);
    return x.mul(gate.reshape(gate.shape[0], -1, 1, 1));
  }
}

/** A learnt gain that keeps count of its uses, as a function. */
const gain = () =>
  nn.module("Gain", (x, m) => {
    const uses = m.buffer("uses", [], nn.init.zeros());
    if (m.mode.training) m.updateBuffer("uses", uses.add(1));
    return x.mul(m.param("weight", [x.shape[1], 1, 1], nn.init.ones()));
  });

const make = () =>
  nn.sequential(
    nn.conv2d(4, { kernel: 3 }),
    new SqueezeExcite(4),
    gain(),
    nn.relu(),
    nn.globalAvgPool2d(),
    nn.linear(3),
  );

test("are named, trained, saved and loaded like any other", () => {
  const net = nn.initialize(make(), [1, 6, 6], { seed: 1 });
  expect(nn.namedParameters(net).map(([name]) => name)).toEqual([
    "0.weight",
    "0.bias",
    "1.reduce.weight",
    "1.reduce.bias",
    "1.expand.weight",
    "1.expand.bias",
    "2.weight",
    "5.weight",
    "5.bias",
  ]);
  const { builder, output } = nn.traceNetwork(net, [1, 6, 6], { batch: 8, training: true });
  const labels = builder.input("y", { shape: [8], dtype: "i32", batched: true });
  const loss = crossEntropy(output, labels);
  adamW({ lr: 0.05 }).step(loss, nn.parameters(net));
  const store = new ReferenceStore();
  const inputs = [wave([5, 1, 6, 6]), array([2], [0, 0]), array([5], [0, 1, 2, 0, 1])];
  const losses = Array.from({ length: 40 }, () => store.run(builder, [loss], inputs, 5)[0][0]);
  expect(losses[39]).toBeLessThan(0.5 * losses[0]);
  for (const [, { parameter }] of nn.namedStates(net)) parameter.write(store.get(parameter));
  const other = nn.initialize(make(), [1, 6, 6], { seed: 2 });
  nn.loadStateDict(other, nn.stateDict(net));
  expect(nn.stateDict(other)).toEqual(nn.stateDict(net));
  expect(nn.stateDict(other).get("2.uses")?.data[0]).toBe(40);
});

test("a shape error names the layer, the shapes and the user's line", () => {
  const wrong = nn.module("Wrong", (x, m) => x.matmul(m.param("weight", [4, 4], nn.init.ones())));
  expect(() => nn.traceNetwork(wrong, [5])).toThrow(/\[matmul\].*user-layer\.test\.ts:\d+/);
  expect(() => nn.traceNetwork(nn.conv2d(2, { kernel: 3 }), [5])).toThrow(
    /\[conv2d\] takes images N×C×H×W, got 1×5 \(at .*user-layer\.test\.ts:\d+/,
  );
});

test("an op of one's own, with its gradient, runs on wasm in and out of lanes", async () => {
  const cube: OpTable[string] = {
    name: "cube",
    infer: ([x]) => ({ shape: x.shape, dtype: x.dtype, batched: x.batched }),
    vjp: (_g, ct, [x]) => [ct.mul(x.square()).mul(3)],
    lower: (e, [x], _attrs, at) =>
      e.binary("mul", x.at(...at), e.binary("mul", x.at(...at), x.at(...at))),
    pointwise: true,
  };
  const device = await openDevice({ threads: 2 });
  const run = compile(
    (x) => {
      const y = x.builder.apply(cube, [x]);
      return { y, slope: grad(y.sum(), [x])[0] };
    },
    { device },
  );
  for (const n of [3, 20]) {
    const x = Float32Array.from({ length: n }, (_, i) => i - 1);
    const { y, slope } = await run(tensor(x));
    expect([...y.data]).toEqual([...x].map((v) => v ** 3));
    expect([...slope.data]).toEqual([...x].map((v) => 3 * v ** 2));
  }
  await device.dispose();
});
