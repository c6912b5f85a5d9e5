/** A Keras model as a module: its layers are children under their names, called in the order that their inputs allow. */
import { ConvkitError } from "../../core/error.ts";
import type { Tensor } from "../../graph/tensor.ts";
import { type AnyModule, type Mode, Module } from "../../nn/module.ts";
import { recordOutput } from "../../nn/named-outputs.ts";
import { withoutSoftmax } from "../without-softmax.ts";
import type { Call } from "./order.ts";
import type { Source } from "./topology.ts";

/** A layer, and behind it the activation that Keras keeps in the same layer. */
export interface NetworkLayer {
  readonly name: string;
  readonly module: Module<readonly Tensor[]>;
  readonly activation: Module | undefined;
  readonly calls: readonly (readonly Source[])[];
}

export interface Ends {
  /** Every call that the outputs need, after those that it takes from. */
  readonly order: readonly Call[];
  readonly inputs: readonly Source[];
  readonly outputs: readonly Source[];
  /** Whether a final softmax is left out. */
  readonly logits: boolean;
}

const keyOf = ({ layer, call }: Call): string => `${call}/${layer}`;

export class LayersModel extends Module<readonly Tensor[]> {
  readonly #layers: readonly NetworkLayer[];
  readonly #ends: Ends;

  constructor(layers: readonly NetworkLayer[], ends: Ends) {
    super();
    this.#layers = layers;
    this.#ends = ends;
  }

  override get kind(): string {
    return "layersModel";
  }

  override namedChildren(): [string, AnyModule][] {
    return this.#layers.flatMap(({ name, module, activation }): [string, AnyModule][] => {
      const path = pathOf(name);
      return activation
        ? [
            [path, module],
            [`${path}_activation`, activation],
          ]
        : [[path, module]];
    });
  }

  forward(...args: [...inputs: Tensor[], mode: Mode]): Tensor {
    const mode = args.at(-1) as Mode;
    const { order, inputs, outputs, logits } = this.#ends;
    const values = new Map(inputs.map((input, i) => [keyOf(input), args[i] as Tensor]));
    const layers = new Map(this.#layers.map((layer) => [layer.name, layer]));
    const tensorOf = (source: Source): Tensor => {
      const value = values.get(keyOf(source));
      if (value) return value;
      throw new ConvkitError(
        "layers-model",
        `result ${source.call} of layer ${source.layer} is used, and nothing makes it — copy or convert the model again`,
      );
    };
    for (const at of order) {
      const { module, activation, calls } = layers.get(at.layer) as NetworkLayer;
      const value = module.call(...calls[at.call].map(tensorOf), mode);
      values.set(keyOf(at), activation ? activation.call(value, mode) : value);
    }
    const [first, ...others] = outputs.map(tensorOf);
    for (const [i, tensor] of others.entries()) {
      recordOutput({ name: outputs[i + 1].layer, tensor });
    }
    return logits ? withoutSoftmax(first) : first;
  }
}

/** Dots part the names of paths. */
const pathOf = (name: string): string => name.replaceAll(/[./]/g, "_");
