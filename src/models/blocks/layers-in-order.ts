/** A network whose layers are called one after the other, in the order of its fields. */
import type { Tensor } from "../../graph/tensor.ts";
import { type Mode, Module } from "../../nn/module.ts";

export abstract class LayersInOrder extends Module {
  forward(x: Tensor, mode: Mode): Tensor {
    const layers = this.namedChildren().map(([, layer]) => layer as Module);
    return layers.reduce((h, layer) => layer.call(h, mode), x);
  }
}
