/** One transform out of several. */
import { ConvkitError } from "../core/error.ts";
import { type Key, Random } from "../core/random.ts";
import { shown } from "./checks.ts";
import { type ContainerOptions, checkedTransforms } from "./compose.ts";
import {
  type Transform,
  type TransformKind,
  type TransformSpec,
  transformed,
} from "./transform.ts";

export interface RandomChoiceOptions {
  /** How often each is chosen, compared with the others; equally often by default. */
  readonly p?: readonly number[];
}

export interface Choice {
  /** Which transform, counted from 0. */
  readonly index: number;
  /** The key that it draws from. */
  readonly key: Key;
}

export function randomChoice(
  transforms: readonly Transform[],
  { p }: RandomChoiceOptions = {},
): Transform<Choice> {
  checkedTransforms("randomChoice", transforms);
  const weights = p === undefined ? transforms.map(() => 1) : [p].flat();
  const total = weights.reduce((sum, weight) => sum + weight, 0);
  const isUsable = weights.length === transforms.length && weights.every((weight) => weight >= 0);
  if (!isUsable || !(total > 0)) {
    throw new ConvkitError(
      "randomChoice",
      `p is ${shown(p)} for ${transforms.length} transforms — give a number for each, none below 0`,
    );
  }
  return {
    name: "randomChoice",
    draw(key) {
      const random = Random.of(key);
      let left = random.uniform() * total;
      const index = weights.findIndex((weight) => {
        left -= weight;
        return left < 0;
      });
      return { index, key: random.fork(index).key };
    },
    apply: (sample, { index, key }) => transformed(transforms[index], sample, key),
  };
}

export const randomChoiceKind: TransformKind<ContainerOptions & RandomChoiceOptions> = {
  settings: "transforms p",
  make: ({ transforms, ...options }) => randomChoice(transforms, options),
};

export const randomChoiceSpec: TransformSpec = {
  name: "randomChoice",
  summary: "one transform out of several",
  options: "transforms; p (a number for each: how often, compared with the others)",
  source: "torchvision RandomChoice",
  oracle: "its transforms by hand",
};
