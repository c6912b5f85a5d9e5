/**
 * The wasm backend against the reference: every sample of every op with its gradients, as it is and in a program
 * with room for more images whose other lanes hold garbage, and the golden numbers of PyTorch. One device for all.
 */
import { afterAll, describe, expect, test } from "vitest";
import { evaluate } from "../src/backends/reference/evaluate.ts";
import { wasmDevice } from "../src/backends/wasm/device.ts";
import { Builder } from "../src/graph/builder.ts";
import type { Graph } from "../src/graph/node.ts";
import type { RefArray } from "../src/graph/op.ts";
import type { Tensor } from "../src/graph/tensor.ts";
import { goldenGraph, goldenOutputs, loadOpGoldens } from "./golden/op-goldens.ts";
import { onDevice } from "./on-device.ts";
import {
  cases,
  gradientGraph,
  isDifferentiable,
  meanings,
  type OpCase,
  ops,
  randomArray,
  relativeError,
  trace,
} from "./op-cases.ts";

const device = await wasmDevice({ threads: 2 });
afterAll(() => device.dispose());

/** Room for three blocks of lanes, and for too few images to put them in lanes. */
const ROOM = { "in lanes": 40, "in a small batch": 7 };

/** The error allowed, where it is more than 1e-5 of the largest element. */
const LARGER_ERROR: Readonly<Record<string, number>> = {
  // x − μ with μ = 100 and σ = 0.6: rounding μ costs 4e-6, which is what PyTorch has in f32; its sum the rest.
  "batchNorm: far from zero": 3e-5,
};

function expectClose(title: string, found: RefArray[], expected: RefArray[]): void {
  expect(found).toHaveLength(expected.length);
  expected.forEach(({ shape, data }, i) => {
    expect(found[i].shape).toEqual(shape);
    const error = relativeError(found[i].data, data);
    expect(error, `output ${i}`).toBeLessThan(LARGER_ERROR[title] ?? 1e-5);
  });
}

/** Images in a sample's run: the leading size of its inputs, or of the shape that it makes. */
function imagesOf({ sample, inputs }: OpCase): number {
  const first = sample.inputs.findIndex((input) => !input.static);
  const made = sample.attrs?.shape as readonly number[];
  return first < 0 ? made[0] : inputs[first].shape[0];
}

async function check(opCase: OpCase, graph: Graph, inputs: RefArray[], spoilt: boolean) {
  const n = graph.batch === undefined ? undefined : imagesOf(opCase);
  const expected = evaluate(graph, meanings, inputs, [], n).outputs;
  const program = await onDevice(device, graph);
  if (spoilt) await program.spoil();
  expectClose(opCase.title, await program.run(inputs, n), expected);
  program.dispose();
}

describe.each(cases)("$title", (opCase) => {
  const { sample, inputs } = opCase;
  const rooms = Object.entries(ROOM).filter(
    ([, room]) => sample.batched && imagesOf(opCase) < room,
  );
  const modes: [string, number | undefined][] = [["as it is", undefined], ...rooms];
  for (const [mode, capacity] of modes) {
    const options = { capacity };
    const spoilt = capacity !== undefined;

    test(mode, async () => {
      const { builder, y } = trace(opCase, options);
      await check(opCase, builder.build([y]), inputs, spoilt);
    });

    if (!isDifferentiable(opCase)) continue;
    test(`its gradients, ${mode}`, async () => {
      const traced = trace(opCase, options);
      const { shape, batched } = traced.y;
      const weights = randomArray(batched ? [imagesOf(opCase), ...shape.slice(1)] : shape, 1);
      const { gradient } = gradientGraph(traced);
      await check(opCase, gradient, [...inputs, inF32(weights)], spoilt);
    });
  }
});

describe("PyTorch's numbers", () => {
  test.each(loadOpGoldens())("$title", async (golden) => {
    const program = await onDevice(device, goldenGraph(golden, ops));
    expectClose(golden.title, await program.run(golden.values), goldenOutputs(golden));
    program.dispose();
  });
});

describe("what was once emitted wrongly", () => {
  const input = (builder: Builder, name: string, shape: number[], batched = false) =>
    builder.input(name, { shape, dtype: "f32", batched });

  async function compare(builder: Builder, y: Tensor) {
    const graph = builder.build([y]);
    const inputs = graph.inputs.map(({ shape }, i) => inF32(randomArray(shape, i)));
    const program = await onDevice(device, graph);
    const { outputs } = evaluate(graph, meanings, inputs);
    expectClose("", await program.run(inputs), outputs);
    program.dispose();
  }

  test("an index that falls, in a tensor that lies near address 0", async () => {
    const builder = new Builder(ops);
    await compare(builder, builder.apply("flip", [input(builder, "x", [40, 64])], { axes: [0] }));
  });

  test("a sum within a sum, over vectors of channels and then single ones", async () => {
    for (const filters of [16, 17]) {
      const builder = new Builder(ops, 1);
      const x = input(builder, "x", [1, 1, 3, 1], true);
      const w = input(builder, "w", [filters, 1, 3, 1]);
      const y = builder.apply("conv2d", [x, w], { padding: 1, flip: true });
      await compare(builder, y.mean([2, 3]));
    }
  });
});

test("whatever was compiled has given its memory back", async () => {
  const { usedBytes } = device.heap.stats;
  const [opCase] = cases;
  const { builder, y } = trace(opCase);
  const program = await onDevice(device, builder.build([y]));
  expect(device.heap.stats.usedBytes).toBeGreaterThan(usedBytes);
  program.dispose();
  await device.inTurn(async () => {});
  expect(device.heap.stats.usedBytes).toBe(usedBytes);
  expect(usedBytes).toBeLessThan(2048);
});

/** So that both backends start from the same numbers. */
const inF32 = ({ shape, data }: RefArray): RefArray => ({ shape, data: data.map(Math.fround) });
