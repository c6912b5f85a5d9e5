/**
 * Every loss of the catalogue: value and gradients equal PyTorch's in float64 (or its paper's equations where PyTorch has
 * none; the file is made by `npm run golden -- losses`), in doubles and on wasm, whatever room the program has; and
 * inputs that do not go together are refused.
 */
import { join } from "node:path";
import { afterAll, describe, expect, test } from "vitest";
import { wasmDevice } from "../src/backends/wasm/device.ts";
import { ConvkitError } from "../src/core/error.ts";
import { Builder } from "../src/graph/builder.ts";
import type { RefArray } from "../src/graph/op.ts";
import { lossSpecs } from "../src/losses/specs.ts";
import { allOps } from "../src/ops/library.ts";
import { digestOf, loadCases } from "./golden/golden-file.ts";
import { BATCH, drawLoss, lossCases, traceLoss } from "./golden/losses.ts";
import { onDevice } from "./on-device.ts";
import { ReferenceStore, relativeError } from "./reference-store.ts";

const device = await wasmDevice({ threads: 2 });
afterAll(() => device.dispose());

interface GoldenHeader {
  readonly title: string;
  readonly digest: number;
}

/** By title; the arrays are the result, then the gradients. */
const goldens = new Map(
  loadCases<GoldenHeader>(join(import.meta.dirname, "golden/losses.safetensors")).map((golden) => [
    golden.title,
    { ...golden, values: [...golden.arrays.values()].map(({ data }) => data) },
  ]),
);

test("the golden file holds every sample as it is now — else run npm run golden -- losses", () => {
  expect([...goldens.keys()]).toEqual(lossCases.map(({ title }) => title));
  for (const lossCase of lossCases) {
    const { title } = lossCase;
    expect(digestOf(drawLoss(lossCase)), title).toBe(goldens.get(title)?.digest);
  }
});

/** Rows of NaN, and labels of no class, after the images: there is room, and nothing in it counts. */
function withRoom(values: readonly RefArray[], capacity: number, batched: readonly boolean[]) {
  return values.map((x, i) => {
    if (!batched[i]) return x;
    const data = new Float64Array((x.data.length / x.shape[0]) * capacity).fill(Number.NaN);
    data.set(x.data);
    return { shape: [capacity, ...x.shape.slice(1)], data };
  });
}

describe.each(lossCases)("$title", (lossCase) => {
  const expected = goldens.get(lossCase.title)?.values ?? [];
  const limit = lossCase.sample.tolerance?.error ?? 1e-5;

  for (const capacity of [BATCH, 7]) {
    test.skipIf(expected.length === 0)(`in doubles, with room for ${capacity}`, () => {
      const { builder, outputs } = traceLoss(lossCase, capacity);
      const batched = builder.build(outputs).inputs.map((input) => input.batched);
      const values = withRoom(drawLoss(lossCase), capacity, batched);
      const found = new ReferenceStore().run(builder, outputs, values, BATCH);
      expect(found).toHaveLength(expected.length);
      found.forEach((value, i) => {
        expect(relativeError(value, expected[i]), `output ${i}`).toBeLessThan(1e-10);
      });
    });
  }

  for (const [room, capacity] of Object.entries({ "as it is": BATCH, "in lanes": 40 })) {
    test.skipIf(expected.length === 0)(`on wasm, ${room}`, async () => {
      const { builder, outputs } = traceLoss(lossCase, capacity);
      const program = await onDevice(device, builder.build(outputs));
      if (capacity > BATCH) await program.spoil();
      const found = await program.run(drawLoss(lossCase), BATCH);
      found.forEach(({ data }, i) => {
        expect(relativeError(data, expected[i]), `output ${i}`).toBeLessThan(limit);
      });
      program.dispose();
    });
  }
});

describe.each(lossSpecs)("$name", (spec) => {
  const { name } = spec;
  const samples = spec.samples.flat();

  test("has samples of different names", () => {
    expect(samples.length).toBeGreaterThan(0);
    expect(new Set(samples.map((sample) => sample.name)).size).toBe(samples.length);
  });

  const [{ inputs, run }] = samples;
  const others = inputs.flatMap((input, i) => (i > 0 && !input.static ? [i] : []));
  test.each(others)("refuses an input %i of another rank", (wrong) => {
    const builder = new Builder(allOps, BATCH);
    const given = inputs.map(({ shape, dtype = "f32", static: fixed = false }, i) => {
      const full = [...(fixed ? [] : [BATCH]), ...shape, ...(i === wrong ? [2] : [])];
      return builder.input(`x${i}`, { shape: full, dtype, batched: !fixed });
    });
    expect(() => run(...given)).toThrow(ConvkitError);
    expect(() => run(...given)).toThrow(`[${name}]`);
  });
});
