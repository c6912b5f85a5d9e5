/** Layers one after the other; their names are "0", "1", …. */
import { ConvkitError } from "../../core/error.ts";
import type { Tensor } from "../../graph/tensor.ts";
import type { LayerSpec } from "../layer-spec.ts";
import { type AnyModule, type Mode, Module } from "../module.ts";
import { flatten } from "./flatten.ts";

export class Sequential extends Module {
  readonly layers: readonly Module[];

  constructor(layers: readonly Module[]) {
    super();
    const wrong = layers.findIndex((layer) => !(layer instanceof Module));
    if (wrong >= 0) {
      throw new ConvkitError(
        "sequential",
        `argument ${wrong} is ${typeof layers[wrong]}, expected a layer — make one of a function with module(…)`,
      );
    }
    this.layers = layers;
  }

  override get kind(): string {
    return "sequential";
  }

  override namedChildren(): [string, AnyModule][] {
    return this.layers.map((layer, i) => [String(i), layer]);
  }

  forward(x: Tensor, mode: Mode): Tensor {
    return this.layers.reduce((h, layer) => layer.call(h, mode), x);
  }
}

export const sequential = (...layers: Module[]): Sequential => new Sequential(layers);

export const sequentialSpec: LayerSpec = {
  name: "sequential",
  formula: "y = fₙ(… f₂(f₁(x)))",
  shapes: "as its layers have it",
  source: "PyTorch",
  torch: "nn.Sequential",
  samples: [
    {
      name: "one layer within another",
      make: () => sequential(sequential(flatten())),
      inputs: [{ shape: [3, 2] }],
      output: [6],
      torch: "nn.Sequential(nn.Flatten())",
    },
  ],
};
