/**
 * A fully connected layer over a map C×H×W and a convolution with a kernel of that size are one function, the weights
 * O×(C·H·W) of the one being those of the other, O×C×H×W, in the same order (Sermanet et al. 2013, arXiv:1312.6229, section 3.5).
 */
import { ConvkitError } from "../../core/error.ts";
import { formatShape, sizeOf } from "../../core/shape.ts";
import { type Conv2d, conv2d } from "../convolution/conv2d.ts";
import { initialize } from "../initialize.ts";
import { type Linear, linear } from "../linear/linear.ts";
import type { AnyModule } from "../module.ts";
import { pair } from "../pair.ts";

/** The convolution with the values of `layer`, whose input is a flattened map of this shape: N×C×H×W → N×O×1×1. */
export function linearToConv(
  layer: Linear,
  inputShape: readonly [channels: number, height: number, width: number],
): Conv2d {
  const weight = stateOf("linearToConv", layer, "weight");
  if (weight.shape[1] !== sizeOf(inputShape)) {
    throw new ConvkitError(
      "linearToConv",
      `the layer has ${weight.shape[1]} inputs, a map of ${formatShape(inputShape)} has ${sizeOf(inputShape)}`,
    );
  }
  const { bias = true } = layer.options;
  const [, height, width] = inputShape;
  const conv = initialize(conv2d(layer.out, { kernel: [height, width], bias }), inputShape);
  copyStates(layer, conv);
  return conv;
}

/** The fully connected layer with the values of `conv`, over a flattened map of the kernel's size: N×(C·H·W) → N×O. */
export function convToLinear(conv: Conv2d): Linear {
  const { shape } = stateOf("convToLinear", conv, "weight");
  const { groups = 1, dilation = 1, flip = false, bias = true } = conv.options;
  if (groups !== 1 || flip || pair(dilation).some((step) => step !== 1)) {
    throw new ConvkitError(
      "convToLinear",
      "the convolution has groups, dilation or a turned kernel — its weights are no matrix as they stand",
    );
  }
  const layer = initialize(linear(conv.out, { bias }), [sizeOf(shape.slice(1))]);
  copyStates(conv, layer);
  return layer;
}

function stateOf(where: string, layer: AnyModule, name: string) {
  const state = layer.ownStates.get(name);
  if (state) return state.parameter;
  throw new ConvkitError(
    where,
    `the layer has no ${name} yet — call initialize(net, inputShape) first`,
  );
}

/** The same values, in the same order, under shapes of their own. */
function copyStates(from: AnyModule, to: AnyModule): void {
  for (const [name, { parameter }] of to.ownStates) {
    parameter.write(stateOf(to.kind, from, name).read());
  }
}
