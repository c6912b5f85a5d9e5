import { expect, test } from "vitest";
import { array, ReferenceStore, relativeError, wave } from "../../../test/reference-store.ts";
import { Builder } from "../../graph/builder.ts";
import type { RefArray } from "../../graph/op.ts";
import { table } from "../../ops/table.ts";
import * as nn from "../index.ts";

function run(layer: nn.Module, x: RefArray, training = false): Float64Array {
  const builder = new Builder(table);
  const input = builder.input("x", { shape: x.shape, dtype: "f32", batched: false });
  const y = layer.call(input, { training });
  return new ReferenceStore().run(builder, [y], [x])[0];
}

const x = wave([2, 6, 4, 5]);

test("groups of one channel and of all are instance and layer normalisation", () => {
  const bare = { affine: false } as const;
  const instance = run(nn.instanceNorm2d(), x);
  expect(relativeError(run(nn.groupNorm(6, bare), x), instance)).toBeLessThan(1e-12);
  const layer = run(nn.layerNorm({ axes: 3, affine: false }), x);
  expect(relativeError(run(nn.groupNorm(1, bare), x), layer)).toBeLessThan(1e-12);
});

test("layer normalisation of images is that of their pixels", () => {
  const pixel = array(
    [1, 6],
    [0, 1, 2, 3, 4, 5].map((c) => x.data[c * 20 + 7]),
  );
  const expected = run(nn.layerNorm(), pixel);
  const found = run(nn.layerNorm2d(), x);
  expect(
    relativeError(
      [0, 1, 2, 3, 4, 5].map((c) => found[c * 20 + 7]),
      expected,
    ),
  ).toBeLessThan(1e-12);
});

test("brightness normalisation is local response normalisation over all channels", () => {
  const lrn = nn.localResponseNorm(11, { alpha: 0.11, k: 2 });
  const brightness = nn.brightnessNorm({ lambda: 0.01 });
  expect(relativeError(run(brightness, x), run(lrn, x))).toBeLessThan(1e-12);
});

test("local contrast normalisation takes a flat picture to 0, at the border too, and keeps an edge", () => {
  const flat = array([1, 1, 6, 6], new Array(36).fill(0.7));
  for (const v of run(nn.localContrastNorm({ kernel: 5 }), flat))
    expect(Math.abs(v)).toBeLessThan(1e-9);
  const edge = array(
    [1, 1, 6, 6],
    Array.from({ length: 36 }, (_, i) => (i % 6 < 3 ? 0 : 1)),
  );
  const y = run(nn.localContrastNorm({ kernel: 5 }), edge);
  expect(y[12 + 2]).toBeLessThan(-0.5);
  expect(y[12 + 3]).toBeGreaterThan(0.5);
  expect(Math.abs(y[12])).toBeLessThan(0.3);
});

test("the Gaussian window falls off from the middle", () => {
  const impulse = array(
    [1, 1, 5, 5],
    Array.from({ length: 25 }, (_, i) => (i === 12 ? 1 : 0)),
  );
  const y = run(nn.localContrastNorm({ kernel: 3, sigma: 1, divisive: false }), impulse);
  const e = Math.exp(-0.5);
  const sum = (1 + 2 * e) ** 2;
  expect(y[12]).toBeCloseTo(1 - 1 / sum, 12);
  expect(y[11]).toBeCloseTo(-e / sum, 12);
  expect(y[6]).toBeCloseTo(-(e * e) / sum, 12);
});

test("instance statistics of a batch with room for more are those of its images", () => {
  const layer = nn.instanceNorm2d({ trackRunningStats: true, momentum: 1 });
  const builder = new Builder(table, 8);
  const input = builder.input("x", { shape: [8, 2, 1, 2], dtype: "f32", batched: true });
  const y = layer.call(input, { training: true });
  const store = new ReferenceStore();
  store.run(builder, [y], [array([2, 2, 1, 2], [1, 3, 10, 10, 5, 5, 20, 24])], 2);
  const [mean, variance] = nn.buffers(layer).map((b) => store.get(b));
  expect([...mean]).toEqual([3.5, 16]);
  // Unbiased: (2 + 0)/2 and (0 + 8)/2.
  expect([...variance]).toEqual([1, 4]);
});

test("what does not fit is refused", () => {
  expect(() => run(nn.groupNorm(4), x)).toThrow("[groupNorm] 4 groups of the channels of 2×6×4×5");
  expect(() => run(nn.instanceNorm1d(), x)).toThrow("[instanceNorm1d] takes sequences N×C×L, got");
  const pixels = wave([2, 3, 1, 1]);
  expect(() => run(nn.instanceNorm2d(), pixels)).toThrow("[instanceNorm2d] a channel of 2×3×1×1");
  const rows = wave([2, 3]);
  for (const layer of [nn.layerNorm2d(), nn.frozenBatchNorm2d(), nn.localContrastNorm()]) {
    expect(() => run(layer, rows)).toThrow(`[${layer.kind}] takes images N×C×H×W, got 2×3`);
  }
  expect(() => run(nn.localResponseNorm(3), rows)).toThrow("[localResponseNorm] takes N×C×…");
  expect(() => nn.batchNorm2d({ eps: Number.NaN })).toThrow("[batchNorm2d] eps is NaN");
  expect(() => nn.instanceNorm1d({ momentum: 2 })).toThrow("[instanceNorm1d] momentum is 2");
  expect(() => nn.groupNorm(1.5)).toThrow("[groupNorm] 1.5 groups");
  expect(() => nn.layerNorm([6, 4, 5] as never)).toThrow("[layerNorm] takes options, got 6,4,5");
  expect(() => nn.localResponseNorm(0)).toThrow("[localResponseNorm] 0 channels");
  expect(() => run(nn.rmsNorm({ axes: 2 }), rows)).toThrow("[rmsNorm] 2 axes of 2×3");
  expect(() => nn.brightnessNorm({ kappa: 0 })).toThrow("[brightnessNorm] kappa is 0");
  expect(() => nn.localContrastNorm({ kernel: 4 })).toThrow("[localContrastNorm] kernel 4");
});
