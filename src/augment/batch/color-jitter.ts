/**
 * Brightness, contrast and saturation of each image, as torchvision's ColorJitter on tensors, in this order: factors from
 * 1 − x … 1 + x, and blends f·image + (1 − f)·other cut off at black and white. Other is black, the image's mean grey, or
 * its grey.
 */
import type { Tensor } from "../../graph/tensor.ts";
import { checkedRange } from "../checks.ts";
import type { BatchTransform, BatchTransformKind, PixelScale } from "./batch-transform.ts";

export interface BatchJitterOptions {
  /** Each is 0, no change, by default. */
  readonly brightness?: number;
  readonly contrast?: number;
  readonly saturation?: number;
}

type Factors = {
  readonly brightness: Tensor;
  readonly contrast: Tensor;
  readonly saturation: Tensor;
};

export function colorJitter(
  options: BatchJitterOptions,
  pixels: PixelScale,
): BatchTransform<Factors> {
  const { brightness = 0, contrast = 0, saturation = 0 } = options;
  const reach = { brightness, contrast, saturation };
  for (const [what, most] of Object.entries(reach)) {
    checkedRange("colorJitter", what, [0, most], [0, Number.POSITIVE_INFINITY]);
  }
  return {
    name: "colorJitter",
    draw(uniform) {
      const factor = (what: keyof typeof reach) => {
        const low = Math.max(0, 1 - reach[what]);
        return uniform(what)
          .mul(1 + reach[what] - low)
          .add(low);
      };
      return {
        brightness: factor("brightness"),
        contrast: factor("contrast"),
        saturation: factor("saturation"),
      };
    },
    apply(images, factors) {
      let x = toPixels(images, pixels);
      if (brightness > 0) x = blend(x, 0, factors.brightness);
      if (contrast > 0) x = blend(x, grey(x, pixels).mean([2, 3], true), factors.contrast);
      if (saturation > 0 && x.shape[1] === 3) x = blend(x, grey(x, pixels), factors.saturation);
      return fromPixels(x, pixels);
    },
  };
}

/** f·x + (1 − f)·other, between black, 0, and white, 1. */
const blend = (x: Tensor, other: Tensor | number, factor: Tensor): Tensor =>
  x.mul(factor).add(factor.rsub(1).mul(other)).maximum(0).minimum(1);

/** ITU-R BT.601 luma, N×1×H×W. */
function grey(x: Tensor, { order = "rgb" }: PixelScale): Tensor {
  if (x.shape[1] !== 3) return x;
  const weights = order === "bgr" ? [0.114, 0.587, 0.299] : [0.299, 0.587, 0.114];
  return x.mul(channels(x, weights)).sum(1, true);
}

/** From numbers as the network reads them to 0 … 1. */
function toPixels(images: Tensor, { mean, std, scale }: PixelScale): Tensor {
  const white = 255 * scale;
  const slope = std.map((s) => s / white);
  return images.mul(channels(images, slope)).add(
    channels(
      images,
      mean.map((m) => m / white),
    ),
  );
}

function fromPixels(x: Tensor, { mean, std, scale }: PixelScale): Tensor {
  const white = 255 * scale;
  const slope = std.map((s) => white / s);
  return x.mul(channels(x, slope)).sub(
    channels(
      x,
      mean.map((m, c) => m / std[c]),
    ),
  );
}

/** Numbers for the channels as 1×C×1×1. */
function channels({ builder, shape }: Tensor, numbers: readonly number[]): Tensor {
  const parts = numbers.map((x) => builder.constant(x).reshape(1, 1, 1, 1));
  const all = parts.length === shape[1] ? parts : Array<Tensor>(shape[1]).fill(parts[0]);
  return builder.apply("concat", all, { axis: 1 });
}

export const colorJitterKind: BatchTransformKind<BatchJitterOptions> = {
  settings: "brightness contrast saturation",
  make: colorJitter,
};
