/** Every op against PyTorch in float64, result and gradients; the files are made by `npm run golden`. */
import { describe, expect, test } from "vitest";
import { evaluate } from "../src/backends/reference/evaluate.ts";
import { expand } from "../src/passes/expand.ts";
import { goldenGraph, goldenOutputs, loadOpGoldens } from "./golden/op-goldens.ts";
import { cases, meanings, ops, relativeError, trace } from "./op-cases.ts";

const goldens = loadOpGoldens();

test("the file holds every sample of every op that PyTorch also has, as it is now — else run npm run golden", () => {
  const shared = cases.filter(({ op }) => meanings[op.name].torch !== undefined);
  expect(goldens.map((golden) => golden.title)).toEqual(shared.map(({ title }) => title));
  shared.forEach((opCase, i) => {
    const { attrs, values, title } = goldens[i];
    expect(attrs, title).toEqual(trace(opCase).y.node.attrs);
    opCase.inputs.forEach(({ shape, data }, k) => {
      expect(values[k].shape, title).toEqual(shape);
      expect(relativeError(values[k].data, data), title).toBe(0);
    });
  });
});

describe.each(goldens)("$title", (golden) => {
  const graph = goldenGraph(golden, ops);

  test("equals PyTorch, result and gradients", () => {
    const { outputs } = evaluate(graph, meanings, golden.values);
    goldenOutputs(golden).forEach((expected, i) => {
      expect(outputs[i].shape).toEqual(expected.shape);
      expect(relativeError(outputs[i].data, expected.data)).toBeLessThan(1e-10);
    });
  });

  const parts = expand(graph);
  if (parts.nodes.length !== graph.nodes.length) {
    test("its parts equal PyTorch too", () => {
      const { outputs } = evaluate(parts, meanings, golden.values);
      goldenOutputs(golden).forEach((expected, i) => {
        expect(relativeError(outputs[i].data, expected.data)).toBeLessThan(1e-10);
      });
    });
  }
});
