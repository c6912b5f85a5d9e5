import { expect, test } from "vitest";
import { array, ReferenceStore } from "../../test/reference-store.ts";
import { Builder } from "../graph/builder.ts";
import {
  batchNorm1d,
  initialize,
  linear,
  namedBuffers,
  parameters,
  sequential,
} from "../nn/index.ts";
import { table } from "../ops/table.ts";
import { Parameter } from "../tensor/parameter.ts";
import { accumulate, lookahead, type Optimizer, sam, sgd } from "./index.ts";

test("it looks at the worst point nearby: worked by hand on p²/2", () => {
  const store = new ReferenceStore();
  const p = new Parameter("p", [2], () => [3, 4]);
  const builder = new Builder(table);
  const lossAt = () => builder.state(p).square().sum().mul(0.5);
  const { loss } = sam(sgd({ lr: 0.5 }), { rho: 0.1 }).step(lossAt, [p]);
  const [value] = store.run(builder, [loss], []);
  // ∇L = p of length 5; ε = 0.1·(0.6, 0.8); the step is 0.5·(p + ε).
  expect(value[0]).toBeCloseTo(12.5, 12);
  expect(store.get(p)[0]).toBeCloseTo(3 - 0.5 * 3.06, 7);
  expect(store.get(p)[1]).toBeCloseTo(4 - 0.5 * 4.08, 7);
});

test("running statistics follow the first pass alone", () => {
  const make = () => initialize(sequential(linear(3), batchNorm1d(), linear(1)), [2], { seed: 1 });
  const x = array([3, 2], [1, 2, 3, 4, 5, 7]);
  const after = (sharp: boolean) => {
    const net = make();
    const store = new ReferenceStore();
    const builder = new Builder(table, 4);
    const input = builder.input("x", { shape: [4, 2], dtype: "f32", batched: true });
    const lossAt = () => net.call(input, { training: true }).sub(1).square().mean();
    const plain = sgd({ lr: 0.1 });
    (sharp ? sam(plain, { rho: 0.5 }) : plain).step(lossAt, parameters(net));
    const run = () => store.run(builder, [builder.count()], [x], 3);
    run();
    const values = () => namedBuffers(net).map(([name, p]) => [name, ...store.get(p)]);
    const good = values();
    x.data[0] = Number.NaN;
    run();
    expect(values()).toEqual(good);
    x.data[0] = 1;
    return { good, weights: parameters(net).map((p) => [...store.get(p)]) };
  };
  const [plain, sharp] = [after(false), after(true)];
  expect(sharp.good).toEqual(plain.good);
  expect(sharp.weights).not.toEqual(plain.weights);
});

test("lookahead and gathered gradients over it still look nearby", () => {
  const after = (optimizer: Optimizer, steps: number) => {
    const store = new ReferenceStore();
    const p = new Parameter("p", [1], () => [1]);
    const builder = new Builder(table);
    const { loss } = optimizer.step(() => builder.state(p).square().sum().mul(0.5), [p]);
    for (let t = 0; t < steps; t++) store.run(builder, [loss], []);
    return store.get(p)[0];
  };
  const sharp = () => sam(sgd({ lr: 0.5 }), { rho: 0.1 });
  // 1 → 1 − 0.5·1.1 = 0.45 → 0.45 − 0.5·0.55 = 0.175; half of the way there from 1 is 0.5875.
  expect(after(lookahead(sharp(), { k: 2 }), 2)).toBeCloseTo(0.5875, 7);
  expect(after(accumulate(sharp(), 2), 2)).toBeCloseTo(0.45, 7);
  expect(lookahead(sharp()).options).toMatchObject({ inner: "sam", rho: 0.1, lr: 0.5 });
});

test("what makes no sense is refused", () => {
  expect(() => sam(sgd(), { rho: -1 })).toThrow("[sam] rho is -1");
  const p = new Parameter("p", [1], () => [1]);
  const loss = new Builder(table).state(p).sum();
  expect(() => sam(sgd()).step(loss, [p])).toThrow("a function that makes it, () => loss");
});
