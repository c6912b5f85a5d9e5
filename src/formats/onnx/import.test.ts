import { readFileSync } from "node:fs";
import { join } from "node:path";
import { inflateSync } from "node:zlib";
import { describe, expect, test } from "vitest";
import { ReferenceStore, relativeError } from "../../../test/reference-store.ts";
import { grad } from "../../autodiff/grad.ts";
import type { Shape } from "../../core/shape.ts";
import { Builder } from "../../graph/builder.ts";
import { namedBuffers, namedParameters } from "../../nn/parameters.ts";
import { loadStateDict, stateDict } from "../../nn/state-dict.ts";
import { table } from "../../ops/table.ts";
import type { ImportedModel } from "../imported-model.ts";
import { importOnnx } from "./import.ts";
import { readModel } from "./read-proto.ts";

type Listed = Readonly<Record<string, readonly number[]>>;

interface Exported {
  readonly name: string;
  /** The .onnx file, compressed by zlib, in base 64. */
  readonly file: string;
  /** Of one example; x and y are of three. */
  readonly shape: Shape;
  readonly x: readonly number[];
  readonly y: readonly number[];
  /** In training mode, of Σ y·w with w evenly from −1 to 1. */
  readonly training?: {
    readonly y: readonly number[];
    readonly grads: Listed;
    readonly buffers: Listed;
  };
}

const exports: readonly Exported[] = JSON.parse(
  readFileSync(join(import.meta.dirname, "golden/torch-exports.json"), "utf8"),
);
const bytesOf = ({ file }: Exported): Uint8Array => inflateSync(Buffer.from(file, "base64"));

/** Three examples through the network, on the reference backend. */
function evaluated(
  { net }: ImportedModel,
  { shape, x }: Pick<Exported, "shape" | "x">,
): Float64Array {
  const builder = new Builder(table, 3);
  const input = builder.input("x", { shape: [3, ...shape], dtype: "f32", batched: true });
  const y = net.call(input, { training: false });
  return new ReferenceStore().run(
    builder,
    [y],
    [{ shape: [3, ...shape], data: Float64Array.from(x) }],
    3,
  )[0];
}

describe("networks that PyTorch exported, on batches of three", () => {
  test.each(exports)("$name", async (exported) => {
    const model = await importOnnx(bytesOf(exported));
    expect(relativeError(evaluated(model, exported), exported.y)).toBeLessThan(1e-5);
    const size = /a batch of (\w+)$/.exec(exported.name)?.[1];
    const told = /made for batches of (\d)/.exec(model.notes.join())?.[1];
    expect(told).toBe(size && { one: "1", three: "3" }[size]);
  });

  test.each(exports)("$name: from its structure and its states", async (exported) => {
    const model = await importOnnx(bytesOf(exported));
    const again = await importOnnx(model.structure.bytes);
    expect(again.metadata).toEqual(model.metadata);
    expect(again.structure.bytes).toEqual(model.structure.bytes);
    loadStateDict(again.net, stateDict(model.net));
    expect(evaluated(again, exported)).toEqual(evaluated(model, exported));
    const values = readModel(model.structure.bytes).graph.initializers.filter(({ data }) => data);
    expect(values.filter(({ type }) => type === "float").map(({ name }) => name)).toEqual([]);
  });

  test.each(exports.filter(({ training }) => training))("$name: trained", async (exported) => {
    const { net } = await importOnnx(bytesOf(exported));
    const { y: expected, grads, buffers } = exported.training as NonNullable<Exported["training"]>;
    const builder = new Builder(table, 3);
    const input = builder.input("x", {
      shape: [3, ...exported.shape],
      dtype: "f32",
      batched: true,
    });
    const key = builder.input("key", { shape: [2], dtype: "i32", batched: false });
    const y = net.call(input, { training: true, key });
    const w = builder.input("w", { shape: [3, y.shape[1]], dtype: "f32", batched: true });
    const named = namedParameters(net);
    const slopes = grad(
      y.mul(w).sum(),
      named.map(([, parameter]) => builder.state(parameter)),
    );
    const store = new ReferenceStore();
    const size = 3 * y.shape[1];
    const values = [
      { shape: [3, ...exported.shape], data: Float64Array.from(exported.x) },
      { shape: [2], data: Float64Array.of(1, 2) },
      {
        shape: [3, y.shape[1]],
        data: Float64Array.from({ length: size }, (_, i) => -1 + (2 * i) / (size - 1)),
      },
    ];
    const [found, ...ofParameters] = store.run(builder, [y, ...slopes], values, 3);
    expect(relativeError(found, expected)).toBeLessThan(1e-5);
    expect(named.map(([name]) => name).sort()).toEqual(Object.keys(grads).sort());
    for (const [i, [name]] of named.entries()) {
      const scale = Math.max(...grads[name].map(Math.abs), 1e-2);
      const errors = grads[name].map((slope, k) => Math.abs(slope - ofParameters[i][k]) / scale);
      expect(Math.max(...errors), name).toBeLessThan(1e-4);
    }
    for (const [name, buffer] of namedBuffers(net)) {
      expect(relativeError(store.get(buffer), buffers[name]), name).toBeLessThan(1e-5);
    }
    expect(namedBuffers(net)).toHaveLength(Object.keys(buffers).length);
  });
});
