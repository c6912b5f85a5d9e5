/** Transforms one after the other, each on what the one before it made. */
import { type Key, Random } from "../core/random.ts";
import { type Transform, transformed } from "./transform.ts";

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
