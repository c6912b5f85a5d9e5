/**
 * Layers one after the other. Their names are "0", "1", …; those of `sequential({ conv: …, norm: … })` are its keys.
 */
import type { Tensor } from "../../graph/tensor.ts";
import type { LayerSpec } from "../layer-spec.ts";
import { linear } from "../linear/linear.ts";
import { type AnyModule, type Mode, Module } from "../module.ts";
import { flatten } from "./flatten.ts";
import { type Layers, namedLayers } from "./named-layers.ts";

export class Sequential extends Module {
  readonly #named: readonly [string, Module][];

  constructor(layers: Layers) {
    super();
    this.#named = namedLayers("sequential", layers);
  }

  override get kind(): string {
    return "sequential";
  }

  get layers(): readonly Module[] {
    return this.#named.map(([, layer]) => layer);
  }

  override namedChildren(): [string, AnyModule][] {
    return [...this.#named];
  }

  forward(x: Tensor, mode: Mode): Tensor {
    return this.layers.reduce((h, layer) => layer.call(h, mode), x);
  }
}

export function sequential(...layers: Module[]): Sequential;
export function sequential(layers: Readonly<Record<string, Module>>): Sequential;
export function sequential(...layers: Module[] | [Readonly<Record<string, Module>>]): Sequential {
  const [first] = layers;
  const isRecord = layers.length === 1 && first?.constructor === Object;
  return new Sequential(
    isRecord ? (first as Readonly<Record<string, Module>>) : (layers as Module[]),
  );
}

export const sequentialSpec: LayerSpec = {
  name: "sequential",
  formula: "y = fₙ(… f₂(f₁(x)))",
  shapes: "as its layers have it",
  source: "elementary",
  torch: "nn.Sequential",
  // biome-ignore format: one case a line
  samples: [
    { name: "one within another", make: () => sequential(sequential(flatten()), linear(2)), inputs: [{ shape: [3, 2] }], output: [2], states: { "1.weight": [2, 6], "1.bias": [2] }, torch: "nn.Sequential(nn.Sequential(nn.Flatten()), nn.Linear(6, 2))" },
    { name: "named", make: () => sequential({ fc1: linear(4), fc2: linear(2) }), inputs: [{ shape: [3] }], output: [2], states: { "fc1.weight": [4, 3], "fc1.bias": [4], "fc2.weight": [2, 4], "fc2.bias": [2] }, torch: "named(fc1=nn.Linear(3, 4), fc2=nn.Linear(4, 2))" },
  ],
};
