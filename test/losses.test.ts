/**
 * Every loss of the catalogue: value and gradients equal PyTorch's in float64 (or its paper's equations where PyTorch has
 * none; the file is made by `npm run golden -- losses`), in doubles and on wasm, whatever room the program has; and
 * inputs that do not go together are refused.
 */
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { afterAll, describe, expect, test } from "vitest";
import { wasmDevice } from "../src/backends/wasm/device.ts";
import { ConvkitError } from "../src/core/error.ts";
import { parseSafetensors } from "../src/formats/safetensors.ts";
import { Builder } from "../src/graph/builder.ts";
import type { RefArray } from "../src/graph/op.ts";
import { lossSpecs } from "../src/losses/specs.ts";
import { allOps } from "../src/ops/library.ts";
import { BATCH, digestOf, drawLoss, lossCases, traceLoss } from "./golden/losses.ts";
import { onDevice } from "./on-device.ts";
import { ReferenceStore, relativeError } from "./reference-store.ts";

const device = await wasmDevice({ threads: 2 });
afterAll(() => device.dispose());

interface Golden {
  readonly title: string;
  readonly digest: number;
  /** The result, then the gradients. */
  readonly values: readonly ArrayLike<number>[];
}

function loadGoldens(): Map<string, Golden> {
  const path = join(import.meta.dirname, "golden/losses.safetensors");
  const { tensors, metadata } = parseSafetensors(readFileSync(path), path);
  const headers = JSON.parse(metadata.cases) as Omit<Golden, "values">[];
  return new Map(
    headers.map((header, number) => {
      const own = [...tensors].filter(([name]) => name.startsWith(`${number}/`));
      const values = own.map(([, { data }]) => Float64Array.from(data, Number));
      return [header.title, { ...header, values }];
    }),
  );
}

const goldens = loadGoldens();

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
  const golden = goldens.get(lossCase.title);
  const limit = lossCase.sample.tolerance?.error ?? 1e-5;

  for (const capacity of [BATCH, 7]) {
    test.skipIf(!golden)(`in doubles, with room for ${capacity}`, () => {
      const { builder, outputs } = traceLoss(lossCase, capacity);
      const batched = builder.build(outputs).inputs.map((input) => input.batched);
      const values = withRoom(drawLoss(lossCase), capacity, batched);
      const found = new ReferenceStore().run(builder, outputs, values, BATCH);
      expect(found).toHaveLength((golden as Golden).values.length);
      found.forEach((value, i) => {
        const expected = (golden as Golden).values[i];
        expect(relativeError(value, expected), `output ${i}`).toBeLessThan(1e-10);
      });
    });
  }

  for (const [room, capacity] of Object.entries({ "as it is": BATCH, "in lanes": 40 })) {
    test.skipIf(!golden)(`on wasm, ${room}`, async () => {
      const { builder, outputs } = traceLoss(lossCase, capacity);
      const program = await onDevice(device, builder.build(outputs));
      if (capacity > BATCH) await program.spoil();
      const found = await program.run(drawLoss(lossCase), BATCH);
      found.forEach(({ data }, i) => {
        const expected = (golden as Golden).values[i];
        expect(relativeError(data, expected), `output ${i}`).toBeLessThan(limit);
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
