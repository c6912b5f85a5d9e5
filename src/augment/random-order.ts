/** Several transforms in a random order. */
import { type Key, Random } from "../core/random.ts";
import { type ContainerOptions, checkedTransforms, compose } from "./compose.ts";
import type { Transform, TransformKind, TransformSpec } from "./transform.ts";

export interface Order {
  /** Which transform comes first, second, …, counted from 0. */
  readonly order: readonly number[];
  /** The key that they draw from. */
  readonly key: Key;
}

export function randomOrder(transforms: readonly Transform[]): Transform<Order> {
  checkedTransforms("randomOrder", transforms);
  return {
    name: "randomOrder",
    draw(key) {
      const random = Random.of(key);
      const order = random.shuffle(transforms.map((_, i) => i));
      return { order, key: random.fork("transforms").key };
    },
    apply: (sample, { order, key }) => compose(order.map((i) => transforms[i])).apply(sample, key),
  };
}

export const randomOrderKind: TransformKind<ContainerOptions> = {
  settings: "transforms",
  make: ({ transforms }) => randomOrder(transforms),
};

export const randomOrderSpec: TransformSpec = {
  name: "randomOrder",
  summary: "several transforms in a random order",
  options: "transforms",
  source: "torchvision RandomOrder",
  oracle: "its transforms by hand",
};
