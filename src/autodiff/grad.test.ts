import { describe, expect, test } from "vitest";
import { evaluate } from "../backends/reference/evaluate.ts";
import { Builder } from "../graph/builder.ts";
import { callsOf } from "../graph/calls.ts";
import type { AnyOp, OpTable, RefArray } from "../graph/op.ts";
import type { Tensor } from "../graph/tensor.ts";
import { leakyRelu } from "../ops/leaky-relu.ts";
import { oracles } from "../ops/oracles.ts";
import { round } from "../ops/round.ts";
import { sin } from "../ops/sin.ts";
import { table } from "../ops/table.ts";
import { customGradient } from "./custom-gradient.ts";
import { grad } from "./grad.ts";

const array = (shape: number[], ...data: number[]): RefArray => ({
  shape,
  data: Float64Array.from(data),
});

/** The gradients of Σ f(x, …) at the given vectors. */
function slopes(f: (...x: Tensor[]) => Tensor, ...at: number[][]): number[][] {
  const builder = new Builder(table);
  const inputs = at.map((x, i) =>
    builder.input(`x${i}`, { shape: [x.length], dtype: "f32", batched: false }),
  );
  const graph = builder.build(grad(f(...inputs).sum(), inputs));
  const values = at.map((x) => array([x.length], ...x));
  return evaluate(graph, oracles, values).outputs.map((output) => [...output.data]);
}

const calls = (x: Tensor) => callsOf(x.builder, table);

describe("at kinks and edges the gradient is PyTorch's", () => {
  test("relu: 0 at 0", () => {
    expect(slopes((x) => calls(x).relu(x), [-1, 0, 2])).toEqual([[0, 0, 1]]);
  });
  test("leaky relu: the slope at 0, for either sign of it", () => {
    const leaky = (negativeSlope: number) => (x: Tensor) =>
      x.builder.apply(leakyRelu, [x], { negativeSlope });
    expect(slopes(leaky(0.25), [-1, 0, 2])).toEqual([[0.25, 0.25, 1]]);
    expect(slopes(leaky(-0.5), [-1, 0, 2])).toEqual([[-0.5, -0.5, 1]]);
  });
  test("abs: 0 at 0", () => {
    expect(slopes((x) => x.abs(), [-3, 0, 2])).toEqual([[-1, 0, 1]]);
  });
  test("clamp: 1 at its bounds", () => {
    const f = (x: Tensor) => calls(x).clamp(x, { min: 0, max: 1 });
    expect(slopes(f, [-0.5, 0, 0.5, 1, 1.5])).toEqual([[0, 1, 1, 1, 0]]);
  });
  test("maximum and minimum: equals share", () => {
    const [a, b] = [
      [1, 2, 3],
      [1, 3, 2],
    ];
    expect(slopes((x, y) => x.maximum(y), a, b)).toEqual([
      [0.5, 0, 1],
      [0.5, 1, 0],
    ]);
    expect(slopes((x, y) => x.minimum(y), a, b)).toEqual([
      [0.5, 1, 0],
      [0.5, 0, 1],
    ]);
  });
  test("amax: equals share evenly", () => {
    expect(slopes((x) => x.amax(), [3, 1, 3, 3])).toEqual([[1 / 3, 0, 1 / 3, 1 / 3]]);
  });
  test("pow: finite at base 0, and of integer exponents for negative bases", () => {
    const [byA, byB] = slopes((a, b) => a.pow(b), [0, 0, 0, -2, -2], [0, 1, 2, 3, 0]);
    expect(byA.map((slope) => slope + 0)).toEqual([0, 1, 0, 12, 0]);
    expect(byB.map(Math.abs)).toEqual([0, 0, 0, 0, 0]);
  });
});

describe("grad", () => {
  const scalar = { shape: [], dtype: "f32", batched: false } as const;

  test("gives zeros where the loss does not depend on a tensor", () => {
    expect(slopes((x, _y) => x.square(), [3, 4], [5, 6])).toEqual([
      [6, 8],
      [0, 0],
    ]);
  });

  test("goes on beyond a tensor that is itself wanted", () => {
    const builder = new Builder(table);
    const x = builder.input("x", scalar);
    const y = x.square();
    const graph = builder.build(grad(y.mul(x), [x, y]));
    const { outputs } = evaluate(graph, oracles, [array([], 3)]);
    expect(outputs.map(({ data }) => data[0])).toEqual([27, 3]);
  });

  test("counts an input of a composite once, also when it stands in two places", () => {
    const twice: OpTable[string] = {
      name: "twice",
      infer: ([a]) => a,
      compose: (_g, inputs: readonly Tensor[]) => inputs[0].mul(inputs[1]),
    };
    const ops = { ...table, twice };
    const builder = new Builder(ops);
    const x = builder.input("x", scalar);
    const y = builder.apply("twice", [x, x]);
    const graph = builder.build(grad(y, [x]));
    expect(evaluate(graph, oracles, [array([], 3)]).outputs[0].data[0]).toBe(6);
  });

  test("a composite whose inputs depend on each other", () => {
    // mean is differentiated through its parts; x reaches the loss directly and through exp.
    const f = (x: Tensor) => x.mul(x.exp().mean());
    const [[slope]] = slopes(f, [0.5, 0.25]);
    const [e, m] = [Math.exp(0.5), (Math.exp(0.5) + Math.exp(0.25)) / 2];
    expect(slope).toBeCloseTo(m + (0.75 * e) / 2, 12);
  });

  test("the count of a mean over the batch is the run's", () => {
    const builder = new Builder(table, 8);
    const x = builder.input("x", { shape: [8, 2], dtype: "f32", batched: true });
    const graph = builder.build(grad(x.mean(), [x]));
    const { outputs } = evaluate(graph, oracles, [array([4, 2], ...new Array(8).fill(0))], [], 4);
    expect(outputs[0].shape).toEqual([4, 2]);
    expect([...outputs[0].data]).toEqual(new Array(8).fill(1 / 8));
  });

  test("third derivatives", () => {
    const third = (x: Tensor) => {
      const [first] = grad(x.builder.apply(sin, [x]).sum(), [x]);
      const [second] = grad(first.sum(), [x]);
      return second;
    };
    expect(slopes(third, [0.3])[0][0]).toBeCloseTo(-Math.cos(0.3), 12);
  });

  test("labels the nodes of a layer's gradient with the layer", () => {
    const builder = new Builder(table);
    const x = builder.input("x", scalar);
    const [slope] = grad(builder.within("layer", () => x.exp()).mul(3), [x]);
    expect(slope.node.scope).toBe("layer");
  });

  test("says what cannot be differentiated", () => {
    const builder = new Builder(table);
    const x = builder.input("x", { shape: [2, 3], dtype: "f32", batched: false });
    const i = builder.input("i", { shape: [], dtype: "i32", batched: false });
    expect(() => grad(x, [x])).toThrow(/\[grad\] the loss has shape 2×3, expected a scalar/);
    expect(() => grad(x.sum(), [i])).toThrow(/\[grad\] i32 has no gradients/);
    const known: AnyOp = table.exp;
    const { vjp: _, ...exp } = known;
    const bare = new Builder({ ...table, exp });
    const y = bare.input("y", scalar);
    expect(() => grad(y.exp(), [y])).toThrow(/\[exp\] has no gradient/);
    const wrong: OpTable = { ...table, exp: { ...known, vjp: (_g, ct) => [ct.sum(0)] } };
    const z = new Builder(wrong).input("z", { shape: [2], dtype: "f32", batched: false });
    expect(() => grad(z.exp().sum(), [z])).toThrow(/\[exp\] its gradient rule gives f32\[\]/);
  });
});

describe("customGradient", () => {
  test("replaces the gradient of the function, and can be differentiated again", () => {
    const through = customGradient(
      (x) => x.builder.apply(round, [x]),
      (ct, [x]) => [ct.mul(x)],
    );
    expect(slopes((x) => through(x).mul(2), [0.4, 1.6])).toEqual([[0.8, 3.2]]);
    expect(slopes((x) => grad(through(x).sum(), [x])[0], [0.4, 1.6])).toEqual([[1, 1]]);
  });

  test("keeps apart equal functions of different gradients", () => {
    const one = customGradient(
      (x) => x.exp(),
      (ct) => [ct],
    );
    const two = customGradient(
      (x) => x.exp(),
      (ct) => [ct.mul(2)],
    );
    expect(slopes((x) => one(x).add(two(x)).add(x.exp()), [0])).toEqual([[4]]);
  });

  test("counts the cotangents", () => {
    const bad = customGradient(
      (a, b) => a.mul(b),
      (ct) => [ct],
    );
    expect(() => slopes((x) => bad(x, x), [1])).toThrow(/1 cotangents for 2 arguments/);
  });
});

test("stopGradient is a constant to differentiation", () => {
  expect(slopes((x) => x.mul(calls(x).stopGradient(x)), [3])).toEqual([[3]]);
});
