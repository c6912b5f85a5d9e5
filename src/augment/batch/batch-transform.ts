/**
 * Transforms that run inside the compiled program, on the images of a step: no worker computes them and no bytes are moved for them.
 * As on the host, parameters are drawn first, here as tensors with a row for each image, and applying them is a function of
 * these alone. An image's numbers depend on the step's key and its place in the batch, not on threads or capacity.
 */
import type { Tensor } from "../../graph/tensor.ts";
import type { Preprocessing } from "../../image/preprocessing.ts";
import { randomUniform } from "../../ops/random-uniform.ts";

/** How pixels became the numbers that a network reads: what changes colours must know it. */
export type PixelScale = Pick<Preprocessing, "mean" | "std" | "scale" | "order">;

/** Numbers in [0, 1), N×1×1×1, each image's own; other numbers for another `what`. */
export type DrawUniform = (what: string) => Tensor;

export type BatchParameters = Readonly<Record<string, Tensor>>;

export interface BatchTransform<P extends BatchParameters = BatchParameters> {
  readonly name: string;
  /** For images of this one's shape, N×C×H×W. */
  draw(uniform: DrawUniform, images: Tensor): P;
  apply(images: Tensor, parameters: P): Tensor;
}

/** A batch transform as something to be chosen by its name. */
export interface BatchTransformKind<Options extends object = object> {
  /** Words of the options, separated by spaces. */
  readonly settings: string;
  make(options: Options, pixels: PixelScale): BatchTransform;
}

/** Numbers of the step's key, i32[2]; `salt` tells apart the transforms that share it. */
export const drawUniform =
  ({ builder, shape, batched }: Tensor, key: Tensor, salt: string): DrawUniform =>
  (what) =>
    builder.apply(randomUniform, [key], {
      shape: [shape[0], 1, 1, 1],
      salt: `augment/${salt}/${what}`,
      batched,
    });

/** Draws and applies all of them in their order. */
export const applyBatchTransforms = (
  transforms: readonly BatchTransform[],
  images: Tensor,
  key: Tensor,
): Tensor =>
  transforms.reduce(
    (now, transform, i) =>
      transform.apply(now, transform.draw(drawUniform(now, key, `${i}/${transform.name}`), now)),
    images,
  );
