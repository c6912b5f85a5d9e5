import { afterAll, describe, expect, test } from "vitest";
import { crossEntropy } from "../losses/index.ts";
import * as nn from "../nn/index.ts";
import { sgd } from "../optim/index.ts";
import { compile } from "./compile.ts";
import { openDevice } from "./device.ts";
import { tensor } from "./host-tensor.ts";

const devices = {
  reference: await openDevice({ backend: "reference" }),
  wasm: await openDevice({ backend: "wasm", threads: 2 }),
};
afterAll(() => Promise.all(Object.values(devices).map((device) => device.dispose())));

const rows = (n: number, width = 2, start = 0) =>
  tensor(
    Float32Array.from({ length: n * width }, (_, i) => Math.sin(start + i)),
    [n, width],
  );

describe.each(Object.entries(devices))("on %s", (_, device) => {
  test("one program serves every batch up to its capacity, and grows once", async () => {
    const f = compile((x) => ({ square: x.square(), sum: x.sum() }), { device });
    const five = await f(rows(5));
    expect(five.square.shape).toEqual([5, 2]);
    const one = await f(rows(1));
    expect(one.square.shape).toEqual([1, 2]);
    const [a, b] = rows(1).data;
    expect(one.sum.data[0]).toBeCloseTo(a + b, 6);
    expect(f.programs).toBe(1);
    expect((await f(rows(33))).square.data[65]).toBeCloseTo(Math.sin(65) ** 2, 5);
    expect(f.programs).toBe(1);
    f.dispose();
    expect(f.programs).toBe(0);
    expect((await f(rows(2))).square.shape).toEqual([2, 2]);
  });

  test("train, evaluate, train: programs share the module's parameters", async () => {
    const net = nn.initialize(
      nn.sequential(nn.linear(8), nn.batchNorm1d(), nn.relu(), nn.linear(3)),
      [2],
    );
    const optimizer = sgd({ lr: 0.2, momentum: 0.9 });
    const step = compile(
      (x, y) => {
        const loss = crossEntropy(net.call(x, { training: true }), y);
        const { finite } = optimizer.step(loss, nn.parameters(net));
        return { loss, finite };
      },
      { device, capacity: 17 },
    );
    const predict = compile((x) => net.call(x, { training: false }), { device });
    const [x, y] = [rows(17), tensor(Int32Array.from({ length: 17 }, (_, i) => i % 3))];
    const losses: number[] = [];
    const outputs: number[][] = [];
    for (const n of [17, 5, 17, 2, 17]) {
      const images = tensor(x.data.slice(0, 2 * n), [n, 2]);
      losses.push((await step(images, tensor(y.data.slice(0, n)))).loss.data[0]);
      outputs.push([...(await predict(rows(3, 2, 7))).data]);
    }
    expect(step.programs).toBe(1);
    expect(losses[4]).toBeLessThan(losses[0]);
    expect(outputs[1]).not.toEqual(outputs[0]);
    // Reading and writing from the host is seen by programs that exist already.
    for (const parameter of nn.parameters(net)) parameter.write(parameter.read().fill(0));
    expect([...(await predict(rows(1))).data]).toEqual([0, 0, 0]);
  });

  test("inputs without a batch are named", async () => {
    const f = compile((x, w) => x.matmul(w), { device, batched: [true, false] });
    const product = await f(rows(4), tensor([1, 0, 0, 2], [2, 2]));
    expect(product.shape).toEqual([4, 2]);
    expect(product.data[3]).toBeCloseTo(2 * Math.sin(3), 6);
    const plain = compile((a, b) => [a.add(b), a.mul(b)], { device, batched: [false, false] });
    const [sum, product2] = await plain(tensor([1, 2]), tensor([3, 4]));
    expect([[...sum.data], [...product2.data]]).toEqual([
      [4, 6],
      [3, 8],
    ]);
  });
});

test("a module moves between devices with its values", async () => {
  const net = nn.initialize(nn.linear(2), [2], { seed: 3 });
  const x = rows(2);
  const run = (device: (typeof devices)["wasm"]) =>
    compile((input) => net.call(input, { training: false }), { device })(x);
  const first = await run(devices.wasm);
  const second = await run(devices.reference);
  first.data.forEach((value, i) => {
    expect(second.data[i]).toBeCloseTo(value, 5);
  });
});

test("the cache is bounded, and says when shapes keep changing", async () => {
  const device = devices.reference;
  const warnings: string[] = [];
  const f = compile((x) => x.exp(), { device, onWarning: (message) => warnings.push(message) });
  for (let width = 1; width <= 8; width++) await f(rows(1, width));
  expect([f.programs, warnings.length]).toEqual([8, 0]);
  for (let width = 9; width <= 12; width++) await f(rows(1, width));
  expect(f.programs).toBe(8);
  expect(warnings).toHaveLength(3);
  expect(warnings[0]).toMatch(/keep changing \(now f32\[N,9\]\): 9 programs were made, 8 are kept/);
});

test("wrong calls are refused in words", async () => {
  const device = devices.reference;
  const add = compile((a, b) => a.add(b), { device, capacity: 4 });
  await expect(add(rows(2), rows(3))).rejects.toThrow("batched inputs are 2×2 and 3×2");
  await expect(add(rows(5), rows(5))).rejects.toThrow("5 images were given, there is room for 4");
  await expect(add({ ...rows(2), data: new Float32Array(3) }, rows(2))).rejects.toThrow(
    "holds 3 values",
  );
  expect(add.programs).toBe(1);
  expect(() => compile((x) => x, { device, capacity: 0 })).toThrow("capacity 0");
  expect(() => tensor([1, 2, 3], [2, 2])).toThrow("[tensor] 3 values do not fill 2×2");
  await expect(openDevice({ threads: 0 })).rejects.toThrow("0 threads");
  const later = compile((async () => {}) as never, { device });
  await expect(later(rows(1))).rejects.toThrow("asynchronous");
  expect(later.programs).toBe(0);
});
