import { expect, test } from "vitest";
import { array, ReferenceStore } from "../../../test/reference-store.ts";
import * as nn from "../index.ts";

test("each digit's picture is nearest to itself, at a distance of 4 for each other point", () => {
  const net = nn.initialize(nn.rbf(10, { centers: nn.digitBitmaps }), [84]);
  expect(nn.parameters(net)).toEqual([]);
  const { builder, output } = nn.traceNetwork(net, [84], { batch: 10 });
  const x = array([10, 84], nn.digitBitmaps.flat());
  const [y] = new ReferenceStore().run(builder, [output], [x], 10);
  nn.digitBitmaps.forEach((a, i) => {
    expect(a).toHaveLength(84);
    nn.digitBitmaps.forEach((b, j) => {
      const different = a.filter((v, k) => v !== b[k]).length;
      expect(y[10 * i + j]).toBe(4 * different);
      if (i !== j) expect(different).toBeGreaterThan(3);
    });
  });
});

test("centres that no one gives are −1 and +1, and trained only where asked", () => {
  const net = nn.initialize(nn.rbf(20, { trainable: true }), [50]);
  const values = [...nn.parameters(net)[0].read()];
  expect(values.every((v) => Math.abs(v) === 1)).toBe(true);
  // Five standard deviations of the mean of 1000 signs.
  expect(Math.abs(values.reduce((sum, v) => sum + v, 0) / 1000)).toBeLessThan(0.16);
});

test("centres that do not fit are refused", () => {
  expect(() => nn.rbf(0)).toThrow("[rbf] 0 outputs");
  expect(() => nn.rbf(9, { centers: nn.digitBitmaps })).toThrow(
    "9 outputs, 10 centres of 84 values",
  );
  expect(() => nn.rbf(2, { centers: [[1], [1, 2]] })).toThrow("2 centres of 1 and 2 values");
  const digits = nn.rbf(10, { centers: nn.digitBitmaps });
  expect(() => nn.traceNetwork(digits, [80])).toThrow("[rbf] takes rows N×84, got 1×80");
});
