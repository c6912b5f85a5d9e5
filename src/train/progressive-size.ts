/**
 * Pictures that grow as the training goes on (Tan and Le 2021, arXiv:2104.00298, section 4.2; first as fast.ai's progressive
 * resizing, 2018): the shorter side goes linearly from the first epoch's size to the full one, in multiples of a step.
 */
import { ConvkitError } from "../core/error.ts";
import { formatShape, type Shape } from "../core/shape.ts";
import { traceNetwork } from "../nn/initialize.ts";
import type { Module } from "../nn/module.ts";
import type { ProgressiveResize } from "./options.ts";

export type SizeAt = (epoch: number, epochs: number) => readonly [number, number];

/** Throws for sizes out of range, and for a network that takes pictures of its own size alone. */
export function progressiveSize(
  net: Module,
  [channels, height, width]: Shape,
  { from, step: given }: ProgressiveResize,
): SizeAt {
  const side = Math.min(height, width);
  const step = given ?? (side >= 96 ? 32 : 4);
  if (!(from >= 1 && from < side && Number.isInteger(from) && Number.isInteger(step) && step > 0)) {
    throw new ConvkitError(
      "train",
      `pictures of ${from} growing by ${step} to ${side} — give whole numbers, the first below ${side}`,
    );
  }
  const sizeOf = (short: number): [number, number] => [
    Math.round((height * short) / side),
    Math.round((width * short) / side),
  ];
  const shape = [channels, ...sizeOf(from)];
  try {
    traceNetwork(net, shape);
  } catch (cause) {
    throw new ConvkitError(
      "train",
      `this network does not take pictures of ${formatShape(shape)} — progressive resizing is for networks with a global ` +
        "pool before the classifier",
      { cause },
    );
  }
  return (epoch, epochs) => {
    if (epoch >= epochs - 1) return [height, width];
    const short = from + ((side - from) * epoch) / (epochs - 1);
    return sizeOf(Math.min(side, Math.max(from, Math.round(short / step) * step)));
  };
}
