/** Transforms one after the other, each on what the one before it made. */
import { ConvkitError } from "../core/error.ts";
import { type Key, Random } from "../core/random.ts";
import {
  type Transform,
  type TransformKind,
  type TransformSpec,
  transformed,
} from "./transform.ts";

/** Its parameter is the key: a transform draws from its own share of it when the picture before it is known. */
export const compose = (transforms: readonly Transform[]): Transform<Key> => ({
  name: "compose",
  draw: (key) => key,
  apply: (sample, key) =>
    transforms.reduce(
      (now, transform, i) => transformed(transform, now, Random.of(key).fork(i).key),
      sample,
    ),
});

/** What holds other transforms takes them as an option when it is made by its name. */
export interface ContainerOptions {
  readonly transforms: readonly Transform[];
}

/** Those of a container, of which there is one at least. */
export function checkedTransforms(
  where: string,
  transforms: readonly Transform[] | undefined,
): readonly Transform[] {
  if (transforms && transforms.length > 0) return transforms;
  throw new ConvkitError(
    where,
    `no transforms inside — write ${where}(colorJitter:brightness=0.4+randomGrayscale)`,
  );
}

export const composeKind: TransformKind<ContainerOptions> = {
  settings: "transforms",
  make: ({ transforms }) => compose(checkedTransforms("compose", transforms)),
};

export const composeSpec: TransformSpec = {
  name: "compose",
  summary: "transforms one after the other, as one",
  options: "transforms",
  source: "torchvision Compose",
  oracle: "its transforms by hand",
};
