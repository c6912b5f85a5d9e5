/**
 * y = g·f(x), with a learned gain g for each channel (Jarrett et al. 2009): `gain(tanh())` is their non-linearity, and
 * `gain()` alone is y = g·x.
 */
import type { Tensor } from "../../graph/tensor.ts";
import { perChannel } from "../channels.ts";
import { ones } from "../init/constant.ts";
import type { LayerSpec } from "../layer-spec.ts";
import { type Mode, Module } from "../module.ts";
import { tanh } from "./tanh.ts";

export class Gain extends Module {
  readonly activation: Module | undefined;

  constructor(activation: Module | undefined) {
    super();
    this.activation = activation;
  }

  override get kind(): string {
    return "gain";
  }

  forward(x: Tensor, mode: Mode): Tensor {
    const y = this.activation?.call(x, mode) ?? x;
    return y.mul(perChannel(this.param("weight", [y.shape[1]], ones()), y));
  }
}

/** Channels are axis 1; the gains begin at 1. */
export const gain = (activation?: Module): Gain => new Gain(activation);

export const gainSpec: LayerSpec = {
  name: "gain",
  formula: "y = g·f(x), one g for each channel",
  shapes: "N×C×… → the same",
  source: "Jarrett et al. 2009, ICCV",
  torch: null,
  // biome-ignore format: one case a line
  samples: [
    { name: "alone", make: () => gain(), inputs: [{ shape: [4] }], output: [4], states: { weight: [4] }, torch: "gain" },
    { name: "of tanh, images", make: () => gain(tanh()), inputs: [{ shape: [3, 2, 5] }], output: [3, 2, 5], states: { weight: [3] }, torch: "gain_of_tanh" },
  ],
};
