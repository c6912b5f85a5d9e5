/**
 * Worked figures from lecture notes on convolutional networks, each computed by the system itself from its own
 * graph. A test's name begins with the figure's number in the project's list.
 */

import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, test } from "vitest";
import { grad } from "../src/autodiff/grad.ts";
import { Random } from "../src/core/random.ts";
import { sizeOf } from "../src/core/shape.ts";
import type { RefArray } from "../src/graph/op.ts";
import { receptiveFields } from "../src/models/summary/receptive-field.ts";
import * as nn from "../src/nn/index.ts";
import { avgPool2d } from "../src/ops/avg-pool2d.ts";
import { relativeError } from "./op-cases.ts";
import { type AllCalls, compute, computeAll, type Rule, random } from "./reference-compute.ts";

/** Rows `1 2 / 3 4` as one image of one channel, or one filter. */
function grid(text: string): RefArray {
  const rows = text.split("/").map((row) => row.trim().split(/\s+/).map(Number));
  return { shape: [1, 1, rows.length, rows[0].length], data: Float64Array.from(rows.flat()) };
}

/** The other way round. */
function text({ shape, data }: RefArray): string {
  const width = shape[shape.length - 1];
  const rows = Array.from({ length: data.length / width }, (_, i) =>
    [...data.subarray(i * width, (i + 1) * width)].join(" "),
  );
  return rows.join(" / ");
}

const correlate =
  (attrs: Parameters<AllCalls["conv2d"]>[2] = {}): Rule =>
  (g, x, w) =>
    g.conv2d(x, w, attrs);

test("every figure from A1 to A26 has its test, and every network from N1 to N20 but N19", () => {
  const folders = [import.meta.dirname, join(import.meta.dirname, "../src/models")];
  const sources = folders.flatMap((folder) =>
    readdirSync(folder)
      .filter((file) => file.endsWith(".test.ts"))
      .map((file) => readFileSync(join(folder, file), "utf8")),
  );
  const titles =
    /\b(?:test|describe)\("(?:figure )?([AN]\d+): |\]\)?(?: as const)?\)\(\s*"figure (N\d+): /g;
  const named = new Set(
    sources.flatMap((text) => [...text.matchAll(titles)].map(([, one, each]) => one ?? each)),
  );
  const rows = (letter: string, count: number) =>
    Array.from({ length: count }, (_, i) => `${letter}${i + 1}`);
  const expected = [...rows("A", 26), ...rows("N", 20).filter((row) => row !== "N19")];
  expect([...named].sort()).toEqual(expected.sort());
});

/** Output shape C×H×W of each layer, and the number of parameters, as a trace finds them. */
function traced(net: nn.Sequential, input: readonly number[]) {
  const { builder, output } = nn.traceNetwork(net, input);
  const layers = builder.calls.flatMap(({ module, output: y }) =>
    module === net ? [] : [y?.shape.slice(1)],
  );
  const weights = builder.build([output]).states.reduce((sum, s) => sum + sizeOf(s.shape), 0);
  return { output: output.shape.slice(1), layers, weights };
}

describe("sizes and parameters", () => {
  test("A1: 10 filters 3×3×3 on 6×6×3", () => {
    const { output, weights } = traced(nn.sequential(nn.conv2d(10, { kernel: 3 })), [3, 6, 6]);
    expect(output).toEqual([10, 4, 4]);
    expect(weights).toBe(280);
  });

  test("A2: three convolutions and a softmax on 39×39×3", () => {
    const net = nn.sequential(
      nn.conv2d(10, { kernel: 3 }),
      nn.conv2d(20, { kernel: 5, stride: 2 }),
      nn.conv2d(40, { kernel: 5, stride: 2 }),
      nn.flatten(),
      nn.softmax(),
    );
    const { layers } = traced(net, [3, 39, 39]);
    expect(layers).toEqual([[10, 37, 37], [20, 17, 17], [40, 7, 7], [1960], [1960]]);
  });

  test("A3: 10 filters 3×3 on 256×256×3", () => {
    const { output, weights } = traced(nn.sequential(nn.conv2d(10, { kernel: 3 })), [3, 256, 256]);
    expect(output).toEqual([10, 254, 254]);
    expect(weights).toBe(280);
  });

  test("A7: pooling halves 4×4×10 and has no parameters", () => {
    for (const pool of [nn.maxPool2d(2), nn.avgPool2d({ kernel: 2, stride: 2 })]) {
      const { output, weights } = traced(nn.sequential(pool), [10, 4, 4]);
      expect(output).toEqual([10, 2, 2]);
      expect(weights).toBe(0);
    }
  });

  test("A15: windows = 1 + ⌊(H − H′ + P⁻ + P⁺)/S⌋, with four paddings and two strides", () => {
    const size = new Random(0, "A15");
    for (let round = 0; round < 200; round++) {
      const [h, w] = [4 + size.int(9), 4 + size.int(9)];
      const [kh, kw] = [1 + size.int(4), 1 + size.int(4)];
      const padding = [size.int(kh), size.int(kh), size.int(kw), size.int(kw)];
      const stride = [1 + size.int(4), 1 + size.int(4)];
      const expected = [
        1 + Math.floor((h - kh + padding[0] + padding[1]) / stride[0]),
        1 + Math.floor((w - kw + padding[2] + padding[3]) / stride[1]),
      ];
      const [x, k] = [random([1, 1, h, w], "x"), random([1, 1, kh, kw], "k")];
      const convolved = compute([x, k], correlate({ stride, padding }));
      expect(convolved.shape.slice(2)).toEqual(expected);
      const pooled = compute([x], (g, image) =>
        g.maxPool2d(image, { kernel: [kh, kw], stride, padding }),
      );
      expect(pooled.shape.slice(2)).toEqual(expected);
    }
  });

  test("A16: skipping s windows is a stride of s + 1", () => {
    const size = new Random(0, "A16");
    for (let round = 0; round < 50; round++) {
      const [m, h, s] = [7 + size.int(9), size.int(4), size.int(4)];
      const [x, k] = [random([1, 1, m, m], "x"), random([1, 1, 2 * h + 1, 2 * h + 1], "k")];
      const skipped = compute([x, k], correlate({ stride: s + 1 }));
      const side = 1 + Math.floor((m - 2 * h - 1) / (s + 1));
      expect(skipped.shape).toEqual([1, 1, side, side]);
      const steps = [1, 1, s + 1, s + 1];
      const chosen = compute([x, k], (g, image, w) => g.slice(g.conv2d(image, w), { steps }));
      expect(skipped).toEqual(chosen);
    }
  });

  test("A17: global average pooling of 10×10×64", () => {
    expect(traced(nn.sequential(nn.avgPool2d(10)), [64, 10, 10]).output).toEqual([64, 1, 1]);
    const x = random([1, 64, 10, 10], "A17");
    const pooled = compute([x], (_g, image) =>
      image.builder.apply(avgPool2d, [image], { kernel: 10 }),
    );
    const mean = compute([x], (_g, image) => image.mean([2, 3], true));
    expect(mean.shape).toEqual([1, 64, 1, 1]);
    expect(relativeError(mean.data, pooled.data)).toBeLessThan(1e-14);
  });

  test("A23: 20 neurons over 640×480×3", () => {
    const net = nn.sequential(nn.flatten(), nn.linear(20));
    expect(traced(net, [3, 480, 640]).weights).toBe(18_432_020);
  });
});

describe("pooling", () => {
  const max = (kernel: number, stride: number): Rule => {
    return (g, x) => g.maxPool2d(x, { kernel, stride });
  };

  test("A4: maximum, 2×2 by 2", () => {
    const x = grid("1 3 2 1 / 2 9 1 1 / 1 3 2 3 / 5 6 1 2");
    expect(text(compute([x], max(2, 2)))).toBe("9 2 / 6 3");
  });

  test("A5: maximum, 3×3 by 1", () => {
    const x = grid("1 3 2 1 3 / 2 9 1 1 5 / 1 3 2 3 2 / 8 3 5 1 0 / 5 6 1 2 9");
    expect(text(compute([x], max(3, 1)))).toBe("9 9 5 / 9 9 5 / 8 6 9");
  });

  test("A6: average, 2×2 by 2", () => {
    const x = grid("1 3 2 1 / 2 9 1 1 / 1 4 2 3 / 5 6 1 2");
    const average = compute([x], (_g, image) =>
      image.builder.apply(avgPool2d, [image], { kernel: 2 }),
    );
    expect(text(average)).toBe("3.75 1.25 / 4 2");
  });

  test("A10: maximum, 2×2 by 1", () => {
    expect(text(compute([grid("0 1 2 / 3 4 5 / 6 7 8")], max(2, 1)))).toBe("4 5 / 7 8");
  });
});

describe("convolution", () => {
  test("A8: a vertical edge", () => {
    const x = grid(new Array(6).fill("10 10 10 0 0 0").join("/"));
    const edge = compute([x, grid("1 0 -1 / 1 0 -1 / 1 0 -1")], correlate());
    expect(text(edge)).toBe(new Array(4).fill("0 30 30 0").join(" / "));
  });

  test("A9: 3×3 with 2×2", () => {
    const y = compute([grid("0 1 2 / 3 4 5 / 6 7 8"), grid("0 1 / 2 3")], correlate());
    expect(text(y)).toBe("19 25 / 37 43");
  });

  test("A11: 5×5 with 3×3, no padding", () => {
    const x = grid("3 3 2 1 0 / 0 0 1 3 1 / 3 1 2 2 3 / 2 0 0 2 2 / 2 0 0 0 1");
    const y = compute([x, grid("0 1 2 / 2 2 0 / 0 1 2")], correlate());
    expect(text(y)).toBe("12 12 17 / 10 17 19 / 9 6 14");
  });

  test("A12: 5×5 with 3×3, padding 1, stride 2", () => {
    const x = grid("2 2 3 3 3 / 0 1 3 0 3 / 2 3 0 1 3 / 3 3 2 1 2 / 3 3 0 2 3");
    const y = compute([x, grid("2 0 1 / 1 0 0 / 0 1 1")], correlate({ padding: 1, stride: 2 }));
    expect(text(y)).toBe("1 5 6 / 7 8 3 / 3 10 4");
  });

  test("A13: a pattern of ones", () => {
    const x = grid("1 1 1 0 0 / 0 1 1 1 0 / 0 0 1 1 1 / 0 0 1 1 0 / 0 1 1 0 0");
    const y = compute([x, grid("1 0 1 / 0 1 0 / 1 0 1")], correlate());
    expect(text(y)).toBe("4 3 4 / 2 4 3 / 2 3 4");
  });

  test("A14: a 3×3 box filter over a square with a hole and a dot", () => {
    const pixel = (row: number, column: number) => {
      const isSquare = row >= 3 && row <= 7 && column >= 4 && column <= 8;
      const isHole = row === 6 && column === 5;
      return (isSquare && !isHole) || (row === 9 && column === 3) ? 90 : 0;
    };
    const data = Float64Array.from({ length: 100 }, (_, i) =>
      pixel(Math.floor(i / 10) + 1, (i % 10) + 1),
    );
    const box = grid("1 1 1 / 1 1 1 / 1 1 1");
    const y = compute([{ shape: [1, 1, 10, 10], data }, box], (g, x, w) =>
      g.conv2d(x, w).div(w.sum()),
    );
    expect(y.shape).toEqual([1, 1, 8, 8]);
    const rows = text(y).split(" / ");
    expect(rows[0]).toBe("0 10 20 30 30 30 20 10");
    expect(rows[7]).toBe("10 10 10 0 0 0 0 0");
  });

  test("A26: convolution is correlation with the kernel turned by 180°", () => {
    const [x, k] = [random([2, 3, 7, 6], "A26 x"), random([4, 3, 3, 2], "A26 k")];
    const convolved = compute([x, k], correlate({ flip: true }));
    const turned = compute([x, k], (g, image, w) => g.conv2d(image, g.flip(w, { axes: [2, 3] })));
    expect(convolved).toEqual(turned);
    expect(convolved).not.toEqual(compute([x, k], correlate()));
    // The definition: Σ k[a,b]·x[i − a, j − b], here around the image's corner.
    const y = compute(
      [grid("1 2 / 3 4"), grid("10 20 / 30 40")],
      correlate({ flip: true, padding: 1 }),
    );
    expect(text(y)).toBe("10 40 40 / 60 200 160 / 90 240 160");
  });
});

describe("gradients of convolution", () => {
  /** Gradients by autodiff, then by the note's formulas. */
  const both: Rule = (g, x, w, ct) => [
    ...grad(g.conv2d(x, w).mul(ct).sum(), [x, w]),
    g.conv2d(ct, w, { flip: true, padding: 1 }),
    g.conv2d(x, ct),
  ];

  test("A21: dF is X correlated with dO, dX the full convolution of dO and F: exact on integers", () => {
    const values = [grid("0 1 2 / 3 4 5 / 6 7 8"), grid("0 1 / 2 3"), grid("5 -2 / 7 1")];
    const [dx, dw, fullDx, correlatedDw] = computeAll(values, both);
    expect(text(dw)).toBe(text(correlatedDw));
    expect(text(dx)).toBe(text(fullDx));
    // By hand: 0·5 − 1·2 + 3·7 + 4·1 = 23, and so on.
    expect(text(dw)).toBe("23 34 / 56 67");
  });

  test("A21: and to 1e-12 on doubles", () => {
    const shapes = [
      [1, 1, 3, 3],
      [1, 1, 2, 2],
      [1, 1, 2, 2],
    ];
    const values = shapes.map((shape, i) => random(shape, `A21 ${i}`));
    const [dx, dw, fullDx, correlatedDw] = computeAll(values, both);
    expect(relativeError(dx.data, fullDx.data)).toBeLessThan(1e-12);
    expect(relativeError(dw.data, correlatedDw.data)).toBeLessThan(1e-12);
  });
});

describe("stacked small kernels", () => {
  const stack = (kernels: readonly (number | readonly [number, number])[], channels: number) =>
    nn.sequential(...kernels.map((kernel) => nn.conv2d(channels, { kernel, bias: false })));

  /** Rows of the input that the middle of the result depends on: where its gradient is not 0. */
  function seen(kernels: readonly number[]): number {
    const side = 15;
    const weights = kernels.map((k) => ({
      shape: [1, 1, k, k],
      data: new Float64Array(k * k).fill(1),
    }));
    const x = random([1, 1, side, side], "seen");
    const slope = compute([x, ...weights], (g, image, ...w) => {
      const y = w.reduce((t, kernel) => g.conv2d(t, kernel), image);
      const middle = Math.floor(y.shape[2] / 2);
      return grad(
        y
          .slice(2, middle, middle + 1)
          .slice(3, middle, middle + 1)
          .sum(),
        [image],
      );
    });
    const rows = new Set(
      [...slope.data].flatMap((v, i) => (v === 0 ? [] : [Math.floor(i / side)])),
    );
    return rows.size;
  }

  test("A24: receptive fields of 5 and 7", () => {
    expect([seen([3, 3]), seen([5])]).toEqual([5, 5]);
    expect([seen([3, 3, 3]), seen([7])]).toEqual([7, 7]);
    for (const [count, field] of [
      [2, 5],
      [3, 7],
    ]) {
      const net = stack(new Array(count).fill(3), 1);
      const { builder, output } = nn.traceNetwork(net, [1, 16, 16]);
      const fields = receptiveFields(builder.build([output]).nodes);
      expect(fields.get(output.node)?.size).toEqual([field, field]);
    }
  });

  test("A24: 27C² weights against 49C²", () => {
    for (const c of [1, 8, 64]) {
      const weights = (kernels: number[]) => traced(stack(kernels, c), [c, 16, 16]).weights;
      expect([weights([3, 3, 3]), weights([7])]).toEqual([27 * c * c, 49 * c * c]);
      expect([weights([3, 3]), weights([5])]).toEqual([18 * c * c, 25 * c * c]);
    }
  });

  test("A25: 5×5 as two 3×3, 3×3 as 1×3 and 3×1", () => {
    const weights = (kernels: (number | readonly [number, number])[]) =>
      traced(stack(kernels, 1), [1, 16, 16]).weights;
    const [whole, two] = [weights([5]), weights([3, 3])];
    expect([whole, two, Math.round(100 * (1 - two / whole))]).toEqual([25, 18, 28]);
    const flat: [number, number][] = [
      [1, 3],
      [3, 1],
    ];
    const [square, split] = [weights([3]), weights(flat)];
    expect([square, split, Math.round(100 * (1 - split / square))]).toEqual([9, 6, 33]);
    // A row and a column do what their product does.
    const [x, row, column] = [random([1, 1, 8, 8], "x"), grid("1 2 -1"), grid("3 / 1 / -2")];
    const apart = compute([x, row, column], (g, image, r, c) => g.conv2d(g.conv2d(image, r), c));
    const product = compute([x, row, column], (g, image, r, c) => g.conv2d(image, c.mul(r)));
    expect(relativeError(apart.data, product.data)).toBeLessThan(1e-14);
  });
});
