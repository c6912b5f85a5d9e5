/**
 * Every sample of every loss with its drawn inputs and cotangent: what the tests run on, and what is written for
 * make_losses.py.
 */
import { writeFileSync } from "node:fs";
import { grad } from "../../src/autodiff/grad.ts";
import { isFloat } from "../../src/core/dtype.ts";
import { Random } from "../../src/core/random.ts";
import { encodeSafetensors, type SafeTensor } from "../../src/formats/safetensors/index.ts";
import { Builder } from "../../src/graph/builder.ts";
import type { RefArray } from "../../src/graph/op.ts";
import type { Tensor } from "../../src/graph/tensor.ts";
import type { LossSample, LossSpec } from "../../src/losses/loss-spec.ts";
import { lossSpecs } from "../../src/losses/specs.ts";
import { drawInputs } from "../../src/ops/draw.ts";
import { allOps } from "../../src/ops/library.ts";
import { asTensor, digestOf } from "./golden-file.ts";

export interface LossCase {
  readonly title: string;
  readonly spec: LossSpec;
  readonly sample: LossSample;
}

export const lossCases: readonly LossCase[] = lossSpecs.flatMap((spec) =>
  spec.samples.flat().map((sample) => ({ title: `${spec.name}: ${sample.name}`, spec, sample })),
);

/** Images in the golden runs. */
export const BATCH = 5;

export interface TracedLoss {
  readonly builder: Builder;
  readonly inputs: readonly Tensor[];
  readonly y: Tensor;
  /** The result, then its gradients, through a cotangent that is a further input of the graph. */
  readonly outputs: readonly Tensor[];
}

/** The loss of inputs of a program with room for `capacity` images. */
export function traceLoss({ sample }: LossCase, capacity = BATCH): TracedLoss {
  const builder = new Builder(allOps, capacity);
  const inputs = sample.inputs.map(({ shape, dtype = "f32", static: fixed = false }, i) =>
    builder.input(`x${i}`, { shape: fixed ? shape : [capacity, ...shape], dtype, batched: !fixed }),
  );
  const y = sample.run(...inputs);
  const ct = builder.input("ct", y.node);
  const wrt = differentiated(sample).map((i) => inputs[i]);
  return { builder, inputs, y, outputs: [y, ...grad(y.mul(ct).sum(), wrt)] };
}

export const differentiated = ({ inputs, gradients }: LossSample): readonly number[] =>
  gradients ?? inputs.flatMap(({ dtype = "f32" }, i) => (isFloat(dtype) ? [i] : []));

/** Values of the inputs, then of the cotangent. */
export function drawLoss(lossCase: LossCase): RefArray[] {
  const { sample, title } = lossCase;
  const inputs = drawInputs({
    name: title,
    inputs: sample.inputs.map((x) => (x.static ? x : { ...x, shape: [BATCH, ...x.shape] })),
  });
  const { y } = traceLoss(lossCase);
  const random = new Random(0, `cotangent of ${title}`);
  const draw = () => Math.fround(random.uniformRange(-1, 1));
  return [...inputs, { shape: y.shape, data: Float64Array.from({ length: y.size }, draw) }];
}

export function exportLosses(path: string): void {
  const tensors: [string, SafeTensor][] = [];
  const headers = lossCases.map((lossCase, number) => {
    const { sample, title } = lossCase;
    const values = drawLoss(lossCase);
    const dtypes = sample.inputs.map(({ dtype = "f32" }) => dtype);
    values.forEach((value, i) => {
      const name = i < dtypes.length ? `x${i}` : "ct";
      tensors.push([`${number}/${name}`, asTensor(value, isFloat(dtypes[i] ?? "f32"))]);
    });
    const { torch } = sample;
    const gradients = differentiated(sample);
    return { title, digest: digestOf(values), torch, dtypes, gradients };
  });
  writeFileSync(path, encodeSafetensors(tensors, { cases: JSON.stringify(headers) }));
}
