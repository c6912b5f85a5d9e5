/** Several transforms, all of them or none. */
import { type Key, Random } from "../core/random.ts";
import type { ChanceOptions } from "./chance.ts";
import { checkedProbability } from "./checks.ts";
import { type ContainerOptions, checkedTransforms, compose } from "./compose.ts";
import type { Transform, TransformKind, TransformSpec } from "./transform.ts";

/** Its parameter is the key of the transforms; null applies none. */
export function randomApply(
  transforms: readonly Transform[],
  { p = 0.5 }: ChanceOptions = {},
): Transform<Key | null> {
  const all = compose(checkedTransforms("randomApply", transforms));
  checkedProbability("randomApply", p);
  return {
    name: "randomApply",
    draw(key) {
      const random = Random.of(key);
      return random.uniform() < p ? random.fork("transforms").key : null;
    },
    apply: (sample, key) => (key ? all.apply(sample, key) : sample),
  };
}

export const randomApplyKind: TransformKind<ContainerOptions & ChanceOptions> = {
  settings: "transforms p",
  make: ({ transforms, ...options }) => randomApply(transforms, options),
};

export const randomApplySpec: TransformSpec = {
  name: "randomApply",
  summary: "several transforms, all of them or none",
  options: "transforms; p 0.5",
  source: "torchvision RandomApply",
  oracle: "its transforms by hand",
};
