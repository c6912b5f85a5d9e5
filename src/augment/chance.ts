/** Changes that a picture gets with a probability, and changes of its colours alone. */
import { Random } from "../core/random.ts";
import type { Image } from "../image/image.ts";
import { checkedProbability } from "./checks.ts";
import type { Sample, Transform } from "./transform.ts";

export interface ChanceOptions {
  /** How often; 0.5 by default. */
  readonly p?: number;
}

/** Its parameter is whether the change is made. */
export function randomly(
  name: string,
  p: number,
  change: (sample: Sample) => Sample,
): Transform<boolean> {
  checkedProbability(name, p);
  return {
    name,
    draw: (key) => Random.of(key).uniform() < p,
    apply: (sample, isChanged) => (isChanged ? change(sample) : sample),
  };
}

/** A change of colours: what lies on the picture stays where it is. */
export const onImage =
  (change: (image: Image) => Image) =>
  (sample: Sample): Sample => ({ ...sample, image: change(sample.image) });
