/**
 * Draws the inputs of a sample: equal seed, equal values, all of them exact in f32, so that every backend
 * and PyTorch start from the same numbers.
 */
import { Random } from "../core/random.ts";
import { sizeOf } from "../core/shape.ts";
import type { RefArray, Sample, SampleInput } from "../graph/op.ts";

export function drawInputs(sample: Sample, seed = 0): RefArray[] {
  const random = new Random(seed, sample.name);
  return sample.inputs.map((input, i) => ({
    shape: input.shape,
    data: draw(input, random.fork(i)),
  }));
}

function draw(input: SampleInput, random: Random): Float64Array {
  const { shape, dtype = "f32", low = -1, high = 1, values, distinct } = input;
  const data = new Float64Array(sizeOf(shape));
  if (values) {
    data.set(values);
  } else if (dtype === "bool") {
    for (let i = 0; i < data.length; i++) data[i] = random.int(2);
  } else if (dtype === "i32") {
    for (let i = 0; i < data.length; i++) data[i] = low + random.int(high - low + 1);
  } else if (distinct !== undefined) {
    const gap = Math.max(distinct, (high - low) / data.length);
    const order = random.shuffle(Array.from(data, (_, i) => i));
    for (let i = 0; i < data.length; i++) data[i] = Math.fround(low + (order[i] + 0.5) * gap);
  } else {
    for (let i = 0; i < data.length; i++) data[i] = Math.fround(random.uniformRange(low, high));
  }
  return data;
}
