/** Transforms that change a picture's bytes with probability p; what lies on the picture stays as it is. */
import { type Key, Random } from "../core/random.ts";
import type { Image } from "../image/image.ts";
import { checkedProbability } from "./checks.ts";
import type { Scene, Transform } from "./transform.ts";

/** Its parameters are null where nothing is changed. `draw` may give a key, from which `apply` draws what each pixel gets. */
export function pixelTransform<P extends object>(
  name: string,
  p: number,
  draw: (random: Random, scene: Scene) => P,
  apply: (image: Image, parameters: P) => Image,
): Transform<P | null> {
  checkedProbability(name, p);
  return {
    name,
    draw(key, scene) {
      const random = Random.of(key);
      return random.uniform() < p ? draw(random, scene) : null;
    },
    apply: (sample, parameters) =>
      parameters ? { ...sample, image: apply(sample.image, parameters) } : sample,
  };
}

/** A key for the numbers of single pixels. */
export const pixelKey = (random: Random): Key => [random.bits(), random.bits()];

/** A whole number from the lowest to the highest. */
export const intBetween = (random: Random, [least, most]: readonly [number, number]): number =>
  least + random.int(most - least + 1);
