/**
 * Architectures as ONNX files in ONNX Runtime against our own wasm backend: one file, two sizes of batch, logits within 1e-4.
 * One name of each architecture in every suite, if it has few enough weights, the others in `npm run test:slow`; images as
 * small as they take.
 */
import { afterAll, describe, expect, test } from "vitest";
import { wasmDevice } from "../src/backends/wasm/device.ts";
import { isFloat } from "../src/core/dtype.ts";
import { type Shape, sizeOf } from "../src/core/shape.ts";
import { exportOnnx } from "../src/formats/onnx/export.ts";
import type { Tensor } from "../src/graph/tensor.ts";
import {
  architectures,
  type CreatedModel,
  createModel,
  loadArchitecture,
} from "../src/models/index.ts";
import { infoOf, type ModelInfo } from "../src/models/model.ts";
import * as nn from "../src/nn/index.ts";
import { compile } from "../src/tensor/index.ts";
import { isOracleInstalled, missingOracle, openOnnx } from "./onnx-oracle.ts";
import { relativeError } from "./reference-store.ts";
import { filled, goldenModels, noise } from "./zoo.ts";

const TOLERANCE = 1e-4;
const BATCH = 3;
/** Of a quick case: the formula for them takes longer than the network. */
const MOST_WEIGHTS = 3e7;
/** Of any case: in doubles, floats, a file and the runtime they are in memory four times. */
const MOST_WEIGHTS_SLOW = 2e8;

export function describeExports(slow: boolean): void {
  const describeHere = isOracleInstalled ? describe : describe.skip;
  describeHere(`architectures in ONNX Runtime${missingOracle}`, async () => {
    const device = await wasmDevice({ threads: 2 });
    afterAll(() => device.dispose());
    const quick = (await Promise.all(architectures.map(({ names }) => quickName(names)))).flat();
    const names = architectures.flatMap((entry): readonly string[] => entry.names);
    for (const name of names.filter((each) => quick.includes(each) !== slow)) {
      const { parameters } = await publishedAs(name);
      const fits = parameters < MOST_WEIGHTS_SLOW;
      const title = fits
        ? name
        : `${name} — ${Math.round(parameters / 1e6)} million weights are too many`;
      const here = fits ? test : test.skip;
      here(title, { timeout: 300_000 }, async () => {
        const { net, inputShape } = await smallModel(name);
        const { model } = exportOnnx(net, { inputShape, architecture: name });
        const session = await openOnnx(model);
        const own = compile((x: Tensor) => net.call(x, { training: false }), {
          device,
          capacity: BATCH,
        });
        for (const n of [1, BATCH]) {
          const shape = [n, ...inputShape];
          const data = noise(`${name} ${n}`, sizeOf(shape));
          const expected = await own({ shape, dtype: "f32", data: Float32Array.from(data) });
          const [found] = await session.run({ shape, data });
          expect(found.shape).toEqual(expected.shape);
          expect(expected.data.every(Number.isFinite)).toBe(true);
          expect(relativeError(found.data, expected.data)).toBeLessThan(TOLERANCE);
        }
        own.dispose();
        await session.dispose();
        for (const [, { parameter }] of nn.namedStates(net)) parameter.release();
      });
    }
  });
}

/** Of an architecture that of the quick golden case where there is one, else the first; none when that is large. */
async function quickName(names: readonly string[]): Promise<string[]> {
  const isQuick = (name: string) =>
    goldenModels.some(([known, { slow }]) => known === name && !slow);
  const one = names.find(isQuick) ?? names[0];
  const { parameters } = await publishedAs(one);
  return parameters < MOST_WEIGHTS ? [one] : [];
}

const publishedAs = async (name: string): Promise<ModelInfo> =>
  infoOf((await loadArchitecture(name)).infos, name);

/** With the golden file's weights where there are some, else the same formula. */
async function smallModel(name: string): Promise<CreatedModel> {
  const golden = goldenModels.find(([known]) => known === name)?.[1];
  const { task } = await publishedAs(name);
  const sizes = golden ? [golden.input.slice(1)] : await sizesOf(name);
  for (const [i, inputShape] of sizes.entries()) {
    try {
      const classes = task === "superResolution" ? undefined : { classes: 10 };
      const model = await createModel(name, { ...classes, ...golden?.request, inputShape });
      nn.initialize(model.net, inputShape);
      for (const [path, { parameter }] of nn.namedStates(model.net)) {
        const { shape, dtype } = parameter;
        if (isFloat(dtype)) parameter.write(filled(path, shape, golden?.gain));
      }
      return model;
    } catch (error) {
      if (i === sizes.length - 1) throw error;
    }
  }
  throw new Error(`${name} takes no image`);
}

/** Squares up to the published size. */
async function sizesOf(name: string): Promise<Shape[]> {
  const { inputShape } = await publishedAs(name);
  const [channels, height] = inputShape;
  const smaller = [32, 64, 96, 128].filter((size) => size < height);
  return [...smaller.map((size) => [channels, size, size]), inputShape];
}
