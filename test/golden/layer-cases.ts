/** Every sample of every layer with its drawn inputs, states and cotangent: what the golden files and the harness use. */
import { isFloat } from "../../src/core/dtype.ts";
import { Random } from "../../src/core/random.ts";
import { sizeOf } from "../../src/core/shape.ts";
import { Builder } from "../../src/graph/builder.ts";
import type { RefArray } from "../../src/graph/op.ts";
import type { Tensor } from "../../src/graph/tensor.ts";
import { layerFamilies } from "../../src/nn/catalog.ts";
import * as nn from "../../src/nn/index.ts";
import { drawInputs } from "../../src/ops/draw.ts";
import { allOps } from "../../src/ops/library.ts";

export interface LayerCase {
  readonly title: string;
  readonly family: string;
  readonly spec: nn.LayerSpec;
  readonly sample: nn.LayerSample;
}

export const layerCases: readonly LayerCase[] = layerFamilies.flatMap(({ folder, specs }) =>
  specs.flatMap((spec) =>
    spec.samples.map((sample) => ({
      title: `${spec.name}: ${sample.name}`,
      family: folder,
      spec,
      sample,
    })),
  ),
);

/** Images in the golden runs. */
export const BATCH = 3;

/** Inputs of n images. */
export const drawLayerInputs = ({ title, sample }: LayerCase, n = BATCH): RefArray[] =>
  drawInputs({
    name: title,
    inputs: sample.inputs.map((x) => (x.static ? x : { ...x, shape: [n, ...x.shape] })),
  });

/** Values in [−1, 1], or in the range that the sample gives; exact in f32. Integers, counts and indices, stay as they are. */
export function drawStates({ title, sample }: LayerCase, net: nn.AnyModule): Map<string, RefArray> {
  return new Map(
    nn.namedStates(net).map(([name, { parameter }]) => {
      const { shape, dtype } = parameter;
      if (!isFloat(dtype)) return [name, { shape, data: Float64Array.from(parameter.read()) }];
      const random = new Random(0, `${title} ${name}`);
      const { low, high } = sample.draw?.[name] ?? { low: -1, high: 1 };
      const draw = () => Math.fround(random.uniformRange(low, high));
      return [name, { shape, data: Float64Array.from({ length: sizeOf(shape) }, draw) }];
    }),
  );
}

export interface TracedLayer {
  readonly builder: Builder;
  /** The layer's inputs; the random key is a further input of the graph, before them. */
  readonly inputs: readonly Tensor[];
  readonly y: Tensor;
}

export const KEY: RefArray = { shape: [2], data: Float64Array.of(12, 34) };

/** The layer called on inputs of a program with room for `capacity` images. */
export function traceLayer(
  net: nn.AnyModule,
  { inputs }: nn.LayerSample,
  { training = false, capacity = BATCH }: { training?: boolean; capacity?: number } = {},
): TracedLayer {
  const builder = new Builder(allOps, capacity);
  const key = builder.input("key", { shape: [2], dtype: "i32", batched: false });
  const x = inputs.map(({ shape, dtype = "f32", static: fixed = false }, i) =>
    builder.input(`x${i}`, {
      shape: fixed ? shape : [capacity, ...shape],
      dtype,
      batched: !fixed,
    }),
  );
  const layer = net as unknown as { call(...args: unknown[]): Tensor };
  return { builder, inputs: x, y: layer.call(...x, { training, key }) };
}

/** A new layer of the sample, its states made. */
export function makeLayer({ sample }: LayerCase, seed = 0): nn.AnyModule {
  const net = sample.make();
  for (const [, module] of nn.namedModules(net)) module.reseed(seed);
  traceLayer(net, sample, { training: true });
  return net;
}
