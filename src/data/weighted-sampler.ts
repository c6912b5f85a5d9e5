/**
 * Pictures drawn with replacement, each in proportion to its weight, as PyTorch's WeightedRandomSampler draws them. An epoch
 * stays as long as the data set.
 */
import { ConvkitError } from "../core/error.ts";
import { Random } from "../core/random.ts";
import { countClasses, type DatasetFacts } from "./dataset.ts";
import type { EpochOrder } from "./epoch-order.ts";

/** `balanced`: every class that has pictures is drawn equally often. Or a weight for each picture. */
export type Sampler = "balanced" | readonly number[];

/** Throws for weights of another number than the pictures', below 0, or all 0. */
export function weightedOrder(dataset: DatasetFacts, sampler: Sampler, seed: number): EpochOrder {
  const { length } = dataset;
  const ends = new Float64Array(length);
  let total = 0;
  for (const [i, weight] of weightsOf(dataset, sampler).entries()) {
    total += weight;
    ends[i] = total;
  }
  return (epoch) => {
    const random = new Random(seed, "sampler").fork(epoch);
    // 53 bits: 24 would not reach every picture of a large set alike.
    const draw = () => (random.bits() * 2 ** 21 + (random.bits() >>> 11)) * 2 ** -53;
    return Uint32Array.from({ length }, () => firstAbove(ends, draw() * total));
  };
}

function weightsOf(dataset: DatasetFacts, sampler: Sampler): readonly number[] {
  if (sampler === "balanced") {
    const counts = countClasses(dataset);
    return Array.from(dataset.labels, (label) => 1 / counts[label]);
  }
  const { name, length } = dataset;
  const fail = (fact: string): never => {
    throw new ConvkitError("sampler", `${fact} — give each picture of ${name} a number from 0`);
  };
  if (sampler.length !== length) fail(`${sampler.length} weights for ${length} pictures`);
  const bad = sampler.find((weight) => !(weight >= 0 && Number.isFinite(weight)));
  if (bad !== undefined) fail(`a weight is ${bad}`);
  if (!sampler.some((weight) => weight > 0)) fail("all weights are 0");
  return sampler;
}

/** The first place whose number is above x. */
function firstAbove(ends: Float64Array, x: number): number {
  let [low, high] = [0, ends.length - 1];
  while (low < high) {
    const middle = (low + high) >>> 1;
    if (ends[middle] > x) high = middle;
    else low = middle + 1;
  }
  return low;
}
