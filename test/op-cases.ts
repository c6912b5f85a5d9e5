/** Every sample of every op, as a graph with its inputs: what the suites over the op table run on. */

import { grad } from "../src/autodiff/grad.ts";
import { isFloat } from "../src/core/dtype.ts";
import { Random } from "../src/core/random.ts";
import { sizeOf } from "../src/core/shape.ts";
import { Builder } from "../src/graph/builder.ts";
import type { Attrs, Graph } from "../src/graph/node.ts";
import type { AnyOp, OpTable, RefArray, Sample } from "../src/graph/op.ts";
import type { Tensor } from "../src/graph/tensor.ts";
import { drawInputs } from "../src/ops/draw.ts";
import { allOps } from "../src/ops/library.ts";
import { type OracleTable, oracles } from "../src/ops/oracles.ts";

export const ops: OpTable = allOps;
export const meanings: OracleTable = oracles;

export interface OpCase {
  readonly title: string;
  readonly op: AnyOp;
  readonly sample: Sample;
  readonly inputs: RefArray[];
}

export const cases: OpCase[] = Object.values(ops).flatMap((op) =>
  (meanings[op.name]?.samples ?? []).flat().map((sample) => ({
    title: `${op.name}: ${sample.name}`,
    op,
    sample,
    inputs: drawInputs(sample),
  })),
);

/** Numbers that depend on the image's place in a batch and so differ when there is no batch axis. */
export const drawsPerImage: ReadonlySet<string> = new Set([
  "randomUniform",
  "randomNormal",
  "dropout",
]);

export interface Traced {
  readonly builder: Builder;
  readonly inputs: Tensor[];
  readonly y: Tensor;
}

/** The op applied to inputs of the sample, with n images in the program (all, if left out). */
export function trace(
  { op, sample }: OpCase,
  options: { batched?: boolean; capacity?: number; ops?: OpTable } = {},
): Traced {
  const { batched = sample.batched ?? false } = options;
  const size = (axis0: number) => options.capacity ?? axis0;
  const first = sample.inputs.find((input) => !input.static);
  const shaped = sample.attrs?.shape as readonly number[] | undefined;
  const capacity = size(first?.shape[0] ?? shaped?.[0] ?? 1);
  const builder = new Builder(options.ops ?? ops, batched ? capacity : undefined);
  const inputs = sample.inputs.map((input, i) => {
    const lane = sample.batched === true && !input.static;
    const shape = lane ? [capacity, ...input.shape.slice(1)] : input.shape;
    const dtype = input.dtype ?? "f32";
    return builder.input(`x${i}`, { shape, dtype, batched: lane && batched });
  });
  let attrs: Attrs = sample.attrs ?? {};
  if (sample.batched && shaped) attrs = { ...attrs, shape: [capacity, ...shaped.slice(1)] };
  if (!batched && "batched" in attrs) attrs = { ...attrs, batched: false };
  return { builder, inputs, y: builder.apply(op.name, inputs, attrs) };
}

/** The first n rows of the inputs that are batched. */
export function firstImages({ sample, inputs }: OpCase, n: number): RefArray[] {
  return inputs.map((x, i) => {
    if (!sample.batched || sample.inputs[i].static) return x;
    const size = sizeOf(x.shape.slice(1));
    return { shape: [n, ...x.shape.slice(1)], data: x.data.slice(0, n * size) };
  });
}

/** L = Σ y·w with weights w given as a further input, and the gradients of L in the float inputs. */
export function gradientGraph({ builder, inputs, y }: Traced): { loss: Graph; gradient: Graph } {
  const weights = builder.input("weights", y.node);
  const loss = y.mul(weights).sum();
  const wrt = inputs.filter((x) => isFloat(x.dtype));
  return { loss: builder.build([loss]), gradient: builder.build(grad(loss, wrt)) };
}

/** Whether the case has a gradient; one that cannot be traced has none, and fails its own first test. */
export function isDifferentiable(opCase: OpCase): boolean {
  const { op, sample } = opCase;
  if (!op.vjp && !op.compose) return false;
  if (!sample.inputs.some((input) => isFloat(input.dtype ?? "f32"))) return false;
  try {
    return isFloat(trace(opCase).y.dtype);
  } catch {
    return false;
  }
}

export function randomArray(shape: readonly number[], seed: number): RefArray {
  const random = new Random(seed, "direction");
  return { shape, data: Float64Array.from({ length: sizeOf(shape) }, () => random.normal()) };
}

export const dot = (a: Float64Array, b: Float64Array): number =>
  a.reduce((sum, value, i) => sum + value * b[i], 0);

/** x + t·v */
export const moved = (x: RefArray, v: RefArray, t: number): RefArray => ({
  shape: x.shape,
  data: x.data.map((value, i) => value + t * v.data[i]),
});

/** max|a − b| / max|b|; places where both are NaN are equal. */
export function relativeError(a: Float64Array, b: Float64Array): number {
  if (a.length !== b.length) return Number.POSITIVE_INFINITY;
  let difference = 0;
  let scale = 0;
  for (let i = 0; i < a.length; i++) {
    if (Object.is(a[i], b[i]) || a[i] === b[i]) continue;
    if (Number.isNaN(a[i]) || Number.isNaN(b[i])) return Number.POSITIVE_INFINITY;
    difference = Math.max(difference, Math.abs(a[i] - b[i]));
  }
  for (const value of b) if (Number.isFinite(value)) scale = Math.max(scale, Math.abs(value));
  return difference === 0 ? 0 : difference / (scale || 1);
}
