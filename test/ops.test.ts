/**
 * What must hold of every op, on every sample of every row of the table: a new op is covered by being listed.
 */
import { describe, expect, test } from "vitest";
import { grad } from "../src/autodiff/grad.ts";
import { evaluate } from "../src/backends/reference/evaluate.ts";
import { isFloat } from "../src/core/dtype.ts";
import type { Graph } from "../src/graph/node.ts";
import type { OpTable, RefArray } from "../src/graph/op.ts";
import { parse } from "../src/graph/parse.ts";
import { print } from "../src/graph/print.ts";
import { verify } from "../src/graph/verify.ts";
import { expand } from "../src/passes/expand.ts";
import { interpretLower } from "./lower-interpreter.ts";
import {
  cases,
  dot,
  drawsPerImage,
  firstImages,
  gradientGraph,
  isDifferentiable,
  meanings,
  moved,
  type OpCase,
  ops,
  randomArray,
  relativeError,
  trace,
} from "./op-cases.ts";

const run = (graph: Graph, inputs: readonly RefArray[], n?: number): RefArray[] =>
  evaluate(graph, meanings, inputs, [], n).outputs;

/** Lanes without an image hold NaN. */
function withGarbage(x: RefArray, capacity: number): RefArray {
  const row = x.data.length / x.shape[0];
  const data = new Float64Array(capacity * row).fill(Number.NaN);
  data.set(x.data);
  return { shape: [capacity, ...x.shape.slice(1)], data };
}

function weightsOf(
  opCase: OpCase,
  options: { batched?: boolean; capacity?: number } = {},
): RefArray {
  return randomArray(trace(opCase, options).y.shape, 1);
}

test("every op of the table has a meaning, and samples unless its gradient is the user's", () => {
  for (const [name, op] of Object.entries(ops)) {
    expect(op.name).toBe(name);
    expect(meanings[name], name).toBeDefined();
    if (name !== "customGradient") expect(meanings[name].samples.length, name).toBeGreaterThan(0);
    expect(Boolean(op.lower) !== Boolean(op.compose), `${name}: lower or compose`).toBe(true);
  }
  expect(Object.keys(meanings).filter((name) => !ops[name])).toEqual([]);
});

describe.each(cases)("$title", (opCase) => {
  const { op, sample, inputs } = opCase;

  test("shape, cost and text form", () => {
    const { builder, y } = trace(opCase);
    const graph = builder.build([y]);
    verify(graph);
    const text = print(graph);
    const again = parse(text, ops);
    expect(print(again)).toBe(text);
    expect(again).toEqual(graph);
    verify(again);
    const attrs = y.node.attrs;
    for (const cost of [op.macs, op.flops]) {
      const count = cost?.(y.node.inputs, attrs, y.node) ?? 0;
      expect(Number.isFinite(count) && count >= 0).toBe(true);
    }
    expect(run(graph, inputs)[0].shape).toEqual(y.shape);
  });

  if (op.lower) {
    test("the element rule means what the reference means", () => {
      const { builder, y } = trace(opCase);
      const [expected] = run(builder.build([y]), inputs);
      const { attrs } = y.node;
      const full = builder.batch ?? 1;
      const lowered = interpretLower(op, y.node.inputs, inputs, attrs, y.node, builder.batch, full);
      expect(relativeError(lowered, expected.data)).toBeLessThan(1e-12);
    });
  }

  if (op.compose) {
    test("the parts mean what the reference means", () => {
      const { builder, y } = trace(opCase);
      const graph = builder.build([y]);
      const parts = expand(graph);
      verify(parts);
      expect(parts.nodes.filter((node) => ops[node.op]?.compose)).toEqual([]);
      expect(relativeError(run(parts, inputs)[0].data, run(graph, inputs)[0].data)).toBeLessThan(
        1e-12,
      );
    });
  }

  if (sample.batched) {
    const capacity = 8;
    const n = 3;

    test("lanes without an image never enter a result", () => {
      const some = firstImages(opCase, n);
      const padded = some.map((x, i) => (sample.inputs[i].static ? x : withGarbage(x, capacity)));
      const large = trace(opCase, { capacity });
      const partial = run(large.builder.build([large.y]), padded, n)[0];
      const small = trace(opCase, { capacity: n, batched: drawsPerImage.has(op.name) });
      const alone = run(small.builder.build([small.y]), some)[0];
      expect(partial.shape).toEqual(alone.shape);
      expect(relativeError(partial.data, alone.data)).toBeLessThan(1e-12);
      expect(partial.data.some(Number.isNaN)).toBe(alone.data.some(Number.isNaN));

      if (op.lower) {
        const { attrs, inputs: types } = large.y.node;
        const lowered = interpretLower(op, types, padded, attrs, large.y.node, capacity, n);
        expect(relativeError(lowered, alone.data)).toBeLessThan(1e-12);
      }
    });

    if (isDifferentiable(opCase)) {
      test("lanes without an image never enter a gradient", () => {
        const some = firstImages(opCase, n);
        const small = trace(opCase, { capacity: n, batched: drawsPerImage.has(op.name) });
        const weights = randomArray(small.y.shape, 1);
        const alone = run(gradientGraph(small).gradient, [...some, weights]);
        const large = trace(opCase, { capacity });
        const lanes = (x: RefArray, is: boolean) => (is ? withGarbage(x, capacity) : x);
        const padded = [
          ...some.map((x, i) => lanes(x, !sample.inputs[i].static)),
          lanes(weights, large.y.batched),
        ];
        const { gradient } = gradientGraph(large);
        verify(gradient);
        run(gradient, padded, n).forEach((partial, i) => {
          expect(partial.shape).toEqual(alone[i].shape);
          expect(relativeError(partial.data, alone[i].data)).toBeLessThan(1e-10);
        });
      });
    }
  }

  if (isDifferentiable(opCase) && op.name !== "stopGradient") {
    const floats = inputs.flatMap((_, i) => (isFloat(sample.inputs[i].dtype ?? "f32") ? [i] : []));

    test("the gradient in a random direction is the finite difference", () => {
      const { loss, gradient } = gradientGraph(trace(opCase));
      verify(gradient);
      checkDirection(loss, gradient, [...inputs, weightsOf(opCase)], floats);
    });

    if (op.vjp && op.compose) {
      test("the gradient rule is that of the parts", () => {
        const { vjp: _, ...bare } = op;
        const withoutRule: OpTable = { ...ops, [op.name]: bare };
        const values = [...inputs, weightsOf(opCase)];
        const expected = run(gradientGraph(trace(opCase, { ops: withoutRule })).gradient, values);
        run(gradientGraph(trace(opCase)).gradient, values).forEach((found, i) => {
          expect(relativeError(found.data, expected[i].data)).toBeLessThan(1e-9);
        });
      });
    }

    test("the second derivative in a random direction is the finite difference", () => {
      const traced = trace(opCase);
      const { builder, y } = traced;
      const weights = builder.input("weights", y.node);
      const wrt = traced.inputs.filter((x) => isFloat(x.dtype));
      const slopes = grad(y.mul(weights).sum(), wrt);
      const along = wrt.map((x, i) => builder.input(`v${i}`, x.node));
      const slope = slopes
        .map((d, i) => d.mul(along[i]).sum())
        .reduce((sum, term) => sum.add(term), builder.constant(0));
      const gradient = builder.build(grad(slope, wrt));
      verify(gradient);
      const directions = floats.map((i) => randomArray(inputs[i].shape, 50 + i));
      const values = [...inputs, weightsOf(opCase), ...directions];
      checkDirection(builder.build([slope]), gradient, values, floats);
    });
  }
});

/** (L(x + h·v) − L(x − h·v)) / 2h against ∇L·v. */
function checkDirection(loss: Graph, gradient: Graph, values: RefArray[], floats: number[]): void {
  const h = 1e-5;
  const directions = floats.map((i) => randomArray(values[i].shape, 10 + i));
  const at = (t: number) => {
    const shifted = [...values];
    floats.forEach((input, k) => {
      shifted[input] = moved(values[input], directions[k], t);
    });
    return run(loss, shifted)[0].data[0];
  };
  const expected = (at(h) - at(-h)) / (2 * h);
  const slopes = run(gradient, values);
  slopes.forEach((slope, k) => {
    expect(slope.shape).toEqual(values[floats[k]].shape);
  });
  const found = slopes.reduce((sum, slope, k) => sum + dot(slope.data, directions[k].data), 0);
  // The scale leaves out cancellation between elements, and rounding of the loss divided by h.
  const scale = slopes.reduce(
    (sum, slope, k) =>
      sum + slope.data.reduce((s, d, i) => s + Math.abs(d * directions[k].data[i]), 0),
    0,
  );
  const rounding = (Math.abs(at(0)) * 1e-14) / h;
  expect(Math.abs(found - expected)).toBeLessThan(1e-6 * scale + rounding + 1e-9);
}
