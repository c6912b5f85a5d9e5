/** Pooling with TensorFlow's SAME padding, which follows from the image's size; padding counts into no mean. */
import type { Tensor } from "../../graph/tensor.ts";
import { Module } from "../../nn/module.ts";
import { avgPool2d } from "../../nn/pooling/avg-pool2d.ts";
import { maxPool2d } from "../../nn/pooling/max-pool2d.ts";
import { type SameWindow, samePadding } from "../../nn/same-padding.ts";

export class SamePool2d extends Module {
  readonly pool: "maxPool2d" | "avgPool2d";
  readonly window: SameWindow;

  constructor(pool: SamePool2d["pool"], window: SameWindow) {
    super();
    this.pool = pool;
    this.window = window;
  }

  override get kind(): string {
    return this.pool;
  }

  forward(x: Tensor): Tensor {
    const { kernel, stride } = this.window;
    const options = { kernel, stride, padding: samePadding(x, this.window) };
    const layer =
      this.pool === "maxPool2d"
        ? maxPool2d(options)
        : avgPool2d({ ...options, countIncludePad: false });
    return layer.forward(x);
  }
}
