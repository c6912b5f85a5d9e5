/** Heads against scikit-learn's classifiers, by `golden/make_transfer.py`. */
import { afterAll, describe, expect, test } from "vitest";
import { rocAuc } from "../../metrics/roc-auc.ts";
import { initialize } from "../../nn/initialize.ts";
import { compile, openDevice } from "../../tensor/index.ts";
import { probabilitiesOf } from "../probabilities.ts";
import type { FeatureTable } from "./feature-table.ts";
import { fitHead } from "./fit-head.ts";
import golden from "./golden/transfer.json" with { type: "json" };
import { type DistanceMetric, type HeadSettings, parseHeadSettings } from "./head-settings.ts";
import { makeHead } from "./heads.ts";
import { logisticRegression } from "./logistic-regression.ts";
import { leaveOneOutDistances, quantile } from "./neighbours.ts";

const device = await openDevice({ threads: 1 });
afterAll(() => device.dispose());

type Case = (typeof golden)["two"];

function tableOf({ features, labels }: Pick<Case, "features" | "labels">): FeatureTable {
  const [rows, width] = [features.length, features[0].length];
  return {
    features: Float32Array.from(features.flat()),
    ...{ rows, width, pictures: rows },
    labels: Int32Array.from(labels),
    classes: [...new Set(labels)].sort().map((label) => `class ${label}`),
  };
}

/** Shares of the classes for each row of the test. */
async function sharesOf(
  settings: HeadSettings,
  table: FeatureTable,
  of: Case,
): Promise<number[][]> {
  const count = table.classes.length + Number(settings.kind === "one-class");
  const head = initialize(makeHead(settings, count), [table.width]);
  await fitHead(head, settings, table, { device, quantile: 0.9 });
  const run = compile((x) => head.call(x, { training: false }), { device });
  const shape = [of.test.length, table.width];
  const { data } = await run({ shape, dtype: "f32", data: Float32Array.from(of.test.flat()) });
  run.dispose();
  return of.test.map((_, i) =>
    probabilitiesOf(data.slice(i * count, (i + 1) * count), { loss: "crossEntropy" }),
  );
}

function expectClose(found: readonly number[], wanted: readonly number[], within: number): void {
  expect(found.length).toBe(wanted.length);
  const apart = found.map((value, i) => Math.abs(value - wanted[i]));
  expect(Math.max(...apart)).toBeLessThan(within);
}

describe.each(Object.entries(golden) as [string, Case][])("%s classes", (_, of) => {
  const table = tableOf(of);

  test.each(of.logisticRegression)(
    "logistic regression, C $C, weights $classWeights",
    async (wanted) => {
      const { C, classWeights, probabilities } = wanted;
      const { weight, bias } = await logisticRegression(table, { C, classWeights, device });
      const { width } = table;
      const found = of.test.map((x) => {
        const scores = Array.from(bias, (b, k) =>
          x.reduce((sum, value, i) => sum + value * weight[k * width + i], b),
        );
        return probabilitiesOf(scores, { loss: "crossEntropy" });
      });
      expectClose(found.flat(), probabilities.flat(), 2e-3);
    },
  );

  test.each(of.neighbours)("k nearest neighbours, k $k, $metric", async ({ k, metric, votes }) => {
    const settings = { kind: "knn", k, metric: metric as DistanceMetric, pictures: table.rows };
    const found = await sharesOf(settings as HeadSettings, table, of);
    expectClose(found.flat(), votes.flat(), 1e-4);
  });

  test.each(of.neighbours)("one-class, k $k, $metric", async ({ k, classes, ...wanted }) => {
    const metric = wanted.metric as DistanceMetric;
    const settings = { kind: "one-class", k, metric, pictures: table.rows } as const;
    const found = await sharesOf(settings, table, of);
    for (const [c, { threshold, distances, rocAuc: area }] of classes.entries()) {
      const left = leaveOneOutDistances(table, c, { k, metric });
      expect(quantile(left, 0.9)).toBeCloseTo(threshold, 5);
      // Shares are in proportion to 1/distance, so their ratio to another class's is that of the distances.
      const other = classes[(c + 1) % classes.length].distances;
      const ratios = found.map((shares) => shares[(c + 1) % classes.length] / shares[c]);
      expectClose(
        ratios.map(Math.log),
        distances.map((d, i) => Math.log(d / other[i])),
        2e-3,
      );
      const measure = rocAuc();
      measure.update(
        distances.map((d) => -d),
        of.truth.map((label) => Number(label === c)),
      );
      expect(measure.value).toBeCloseTo(area, 6);
    }
    for (const [i, shares] of found.entries()) {
      const each = classes.map(({ distances }) => distances[i]);
      const nearest = each.indexOf(Math.min(...each));
      const isNone = each[nearest] > classes[nearest].threshold;
      expect(shares.indexOf(Math.max(...shares))).toBe(isNone ? classes.length : nearest);
    }
  });
});

test("a picture's other views are no neighbours of it", () => {
  // Two views each of three pictures: the second view lies on the first.
  const once = [1, 0, 0, 1, 1, 1];
  const table: FeatureTable = {
    features: Float32Array.from([...once, ...once]),
    ...{ rows: 6, width: 2, pictures: 3 },
    labels: new Int32Array(6),
    classes: ["only"],
  };
  const left = leaveOneOutDistances(table, 0, { k: 1, metric: "euclidean" });
  expect([...left]).toEqual([1, 1, 1]);
  expect(() => leaveOneOutDistances(table, 0, { k: 5, metric: "euclidean" })).toThrow(
    "only has 3 pictures, too few for 5 neighbours of each",
  );
});

test("the penalty is chosen by cross-validation: noise wants a strong one, clear classes a weak one", async () => {
  const rows = 40;
  const labels = Int32Array.from({ length: rows }, (_, i) => i % 2);
  const make = (signal: number): FeatureTable => ({
    features: Float32Array.from({ length: rows * 4 }, (_, at) => {
      const noise = Math.sin(1.7 * at * at + 0.3 * at);
      return at % 4 === 0 ? noise + signal * labels[Math.floor(at / 4)] : noise;
    }),
    ...{ rows, width: 4, pictures: rows, labels, classes: ["a", "b"] },
  });
  const C = [1e-3, 1, 100];
  expect((await logisticRegression(make(0), { C, device })).C).toBe(1e-3);
  const clear = await logisticRegression(make(10), { C, device });
  expect(clear.C).toBe(100);
  expect(clear.tried.map(({ accuracy }) => accuracy)).toEqual([1, 1, 1]);
});

test("a class of one picture cannot be cross-validated", async () => {
  const table: FeatureTable = {
    features: Float32Array.of(1, 2, 3),
    ...{ rows: 3, width: 1, pictures: 3, labels: Int32Array.of(0, 0, 1), classes: ["a", "b"] },
  };
  await expect(logisticRegression(table, { C: [0.1, 1], device })).rejects.toThrow(
    "the class b has one picture",
  );
});

test("classes that stand for one give their probabilities together", async () => {
  const settings = { kind: "classifier", outputs: 4, sources: [[0, 2], [3]] } as const;
  const head = makeHead(settings, 2);
  const run = compile((x) => head.call(x, { training: false }), { device });
  const scores = [1, 5, -2, 0.5];
  const { data } = await run({ shape: [1, 4], dtype: "f32", data: Float32Array.from(scores) });
  run.dispose();
  expect(data[0]).toBeCloseTo(Math.log(Math.exp(1) + Math.exp(-2)), 5);
  expect(data[1]).toBeCloseTo(0.5, 6);
});

test("settings in a file are checked", () => {
  const sound = { kind: "knn", k: 5, metric: "cosine", pictures: 9, layer: "fc" };
  expect(parseHeadSettings(JSON.stringify(sound), "x")).toEqual(sound);
  for (const text of [
    "null",
    "[",
    '{"kind":"svm"}',
    '{"kind":"knn","k":0,"metric":"cosine","pictures":9}',
    '{"kind":"classifier","outputs":3,"sources":[[3]]}',
    '{"kind":"linear","layer":1}',
  ]) {
    expect(() => parseHeadSettings(text, "x.safetensors")).toThrow("x.safetensors: its head is");
  }
});
