/** Mirrors left and right, each image for itself. */
import type { Tensor } from "../../graph/tensor.ts";
import type { ChanceOptions } from "../chance.ts";
import { checkedProbability } from "../checks.ts";
import type { BatchTransform, BatchTransformKind } from "./batch-transform.ts";

export function randomHorizontalFlip({
  p = 0.5,
}: ChanceOptions = {}): BatchTransform<{ flip: Tensor }> {
  checkedProbability("randomHorizontalFlip", p);
  return {
    name: "randomHorizontalFlip",
    draw: (uniform) => ({ flip: uniform("p").lt(p) }),
    apply: (images, { flip }) =>
      flip.where(images.builder.apply("flip", [images], { axes: [3] }), images),
  };
}

export const randomHorizontalFlipKind: BatchTransformKind<ChanceOptions> = {
  settings: "p",
  make: randomHorizontalFlip,
};
