/** The golden trajectories of optimisers, and the problem that they are of, in a program traced once and run many times. */
import { readFileSync } from "node:fs";
import { join } from "node:path";
import type { Device } from "../../src/backends/backend.ts";
import { parseSafetensors } from "../../src/formats/safetensors/index.ts";
import { Builder } from "../../src/graph/builder.ts";
import { squaredError } from "../../src/losses/index.ts";
import { table } from "../../src/ops/table.ts";
import type { ClipOptions, Optimizer } from "../../src/optim/index.ts";
import { Parameter } from "../../src/tensor/parameter.ts";
import { onDevice } from "../on-device.ts";
import { array, ReferenceStore } from "../reference-store.ts";

const path = join(import.meta.dirname, "../../src/optim/golden/optim.safetensors");
const { tensors, metadata } = parseSafetensors(readFileSync(path), path);

/** The samples as they were when the file was made. */
export const goldenSamples = JSON.parse(metadata.samples);

/** The rows of a golden tensor. */
export function golden(name: string): Float64Array[] {
  const tensor = tensors.get(name);
  if (!tensor) throw new Error(`${name} is not in the golden file — npm run golden -- optim`);
  const { shape, data } = tensor;
  const width = shape.length > 1 ? shape[1] : 1;
  return Array.from({ length: shape[0] }, (_, i) =>
    Float64Array.from(data.subarray(i * width, (i + 1) * width), Number),
  );
}

export const goldenList = (name: string): number[] => golden(name).map(([value]) => value);

const start = { weight: golden("weight"), bias: goldenList("bias") };
export const INPUTS = [
  array(
    [5, 3],
    golden("x").flatMap((row) => [...row]),
  ),
  array(
    [5, 2],
    golden("y").flatMap((row) => [...row]),
  ),
];

export function trace(optimizer: Optimizer, clip: ClipOptions = {}) {
  const weight = new Parameter("fc.weight", [2, 3], () => start.weight.flatMap((row) => [...row]));
  const bias = new Parameter("fc.bias", [2], () => start.bias);
  const builder = new Builder(table, 8);
  const x = builder.input("x", { shape: [8, 3], dtype: "f32", batched: true });
  const y = builder.input("y", { shape: [8, 2], dtype: "f32", batched: true });
  const lossAt = () => {
    const z = x.matmul(builder.state(weight), { transposeB: true }).add(builder.state(bias));
    return squaredError(builder.apply("tanh", [z]).mul(2), y);
  };
  const { loss, gradNorm, finite, updated } = optimizer.step(lossAt, [weight, bias], clip);
  return { builder, outputs: [loss, gradNorm, finite, updated], weight, bias };
}

/** In doubles. */
export function problem(optimizer: Optimizer, clip: ClipOptions = {}) {
  const { builder, outputs, weight, bias } = trace(optimizer, clip);
  const store = new ReferenceStore();
  const setRate = (lr: number) => {
    const [rate] = optimizer.state();
    store.set(rate, [lr]);
  };
  // In full precision, which a device would round.
  store.set(
    weight,
    start.weight.flatMap((row) => [...row]),
  );
  store.set(bias, start.bias);
  setRate(optimizer.lr);
  const step = (inputs = INPUTS, n = 5) => {
    const [loss, norm, finite, updated] = store.run(builder, outputs, inputs, n);
    return {
      ...{ loss: loss[0], norm: norm[0], finite: finite[0], updated: updated[0] },
      path: [...store.get(weight), ...store.get(bias)],
    };
  };
  return { step, store, setRate, weight, bias };
}

/** The weights after each of `steps` steps on a device. */
export async function trajectoryOn(
  device: Device,
  optimizer: Optimizer,
  clip: ClipOptions,
  steps: number,
): Promise<number[][]> {
  const { builder, outputs, weight, bias } = trace(optimizer, clip);
  const program = await onDevice(device, builder.build(outputs));
  const made: number[][] = [];
  for (let t = 0; t < steps; t++) {
    await program.run(INPUTS, 5);
    made.push([...weight.read(), ...bias.read()]);
  }
  program.dispose();
  return made;
}
