/** Keras' layers that move elements: what depends on the order of axes turns its tensor there and back. */
import type { Tensor } from "../../graph/tensor.ts";
import { Activation } from "../../nn/activation/activation.ts";
import { zeroPad2d } from "../../nn/resampling/pad2d.ts";
import { upsample } from "../../nn/resampling/upsample.ts";
import { type LayerContext, type LayerMaker, layerOf, window } from "./layer.ts";

/** N×C×H×W in the order in which Keras counts its elements. */
const channelsLast = (x: Tensor): Tensor => (x.rank === 4 ? x.transpose(0, 2, 3, 1) : x);
const channelsSecond = (x: Tensor): Tensor => (x.rank === 4 ? x.transpose(0, 3, 1, 2) : x);

export const flattenLayer: LayerMaker = () =>
  layerOf(new Activation("flatten", (x) => channelsLast(x).reshape(x.shape[0], -1)));

export const reshapeLayer: LayerMaker = ({ config, fail }) => {
  const { target_shape: target } = config;
  if (!Array.isArray(target)) return fail("it has no target_shape");
  const to = (x: Tensor) => channelsSecond(channelsLast(x).reshape(x.shape[0], ...target));
  return layerOf(new Activation("reshape", to));
};

export const permuteLayer: LayerMaker = ({ config, fail }) => {
  const { dims } = config;
  if (!Array.isArray(dims)) return fail("it has no dims");
  const to = (x: Tensor) => channelsSecond(channelsLast(x).transpose(0, ...dims));
  return layerOf(new Activation("permute", to));
};

/** One number, rows and columns, or both sides of each: as [top, bottom, left, right]. */
function sides({ config, fail }: LayerContext, key: string): number[] {
  const value = config[key] ?? 1;
  const two = Array.isArray(value) ? value : [value, value];
  const found = two.flatMap((side: unknown) => (Array.isArray(side) ? side : [side, side]));
  const isRight = found.length === 4 && found.every((side) => Number.isInteger(side) && side >= 0);
  return isRight ? found : fail(`${key} is ${JSON.stringify(value)}`);
}

export const padding =
  (key: string, sign: number): LayerMaker =>
  (context) => {
    const [top, bottom, left, right] = sides(context, key).map((side) => sign * side);
    return layerOf(zeroPad2d({ top, bottom, left, right }));
  };

export const upSampling2dLayer: LayerMaker = (context) => {
  const scaleFactor = window(context, "size", 2);
  const { interpolation: mode = "nearest" } = context.config;
  if (mode !== "nearest" && mode !== "bilinear") {
    return context.fail(`interpolation "${mode}" is none of nearest, bilinear`);
  }
  return layerOf(upsample({ scaleFactor, mode }));
};
