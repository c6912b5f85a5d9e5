/** Moves each image by up to `padding` pixels each way: a crop of its own size from the padded image. */
import { ConvkitError } from "../../core/error.ts";
import type { Tensor } from "../../graph/tensor.ts";
import { gather } from "../../ops/gather.ts";
import { checkedWord, shown } from "../checks.ts";
import type { BatchTransform, BatchTransformKind } from "./batch-transform.ts";
import { places, wholeNumber } from "./places.ts";

export interface BatchCropOptions {
  /** Pixels on every side. */
  readonly padding: number;
  /** `constant` (the default) fills with 0, in numbers as the network reads them; `reflect` mirrors without the edge. */
  readonly paddingMode?: "constant" | "reflect";
}

/** Where the crop begins in the padded image, as f32. */
type Corner = { readonly top: Tensor; readonly left: Tensor };

export function randomCrop(options: BatchCropOptions): BatchTransform<Corner> {
  const { padding, paddingMode = "constant" } = options;
  if (!Number.isInteger(padding) || padding < 0) {
    throw new ConvkitError(
      "randomCrop",
      `padding is ${shown(padding)} — give whole pixels: within the program a crop moves an image, and keeps its size`,
    );
  }
  checkedWord("randomCrop", "paddingMode", paddingMode, ["constant", "reflect"]);
  return {
    name: "randomCrop",
    draw: (uniform) => ({
      top: wholeNumber(uniform("top"), 2 * padding + 1),
      left: wholeNumber(uniform("left"), 2 * padding + 1),
    }),
    apply: (images, { top, left }) => {
      const down = moved(images, 2, top.sub(padding), padding, paddingMode);
      return moved(down, 3, left.sub(padding), padding, paddingMode);
    },
  };
}

/** y[i] = x[i + offset] along an axis. */
function moved(
  x: Tensor,
  axis: 2 | 3,
  offset: Tensor,
  reach: number,
  mode: "constant" | "reflect",
): Tensor {
  const { builder, shape, batched } = x;
  const last = shape[axis] - 1;
  if (mode === "reflect" && reach > last) {
    throw new ConvkitError(
      "randomCrop",
      `padding ${reach} reflects more than the ${last} pixels beside the edge of ${shape[axis]}`,
    );
  }
  const from = places(x, axis).add(offset);
  const mirrored = from.abs().sub(last).abs().rsub(last);
  const at = mode === "reflect" ? mirrored : from;
  const index = builder.apply("broadcastTo", [at.to("i32")], { shape, batched });
  const taken = builder.apply(gather, [x, index], { axis });
  if (mode === "reflect") return taken;
  const inside = builder.apply("and", [from.ge(0), from.le(last)]);
  return inside.where(taken, 0);
}

export const randomCropKind: BatchTransformKind<BatchCropOptions> = {
  settings: "padding paddingMode",
  make: randomCrop,
};
