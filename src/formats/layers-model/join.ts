/** Keras' layers of several inputs. */
import type { Tensor } from "../../graph/tensor.ts";
import { type Mode, Module } from "../../nn/module.ts";
import { ownAxis } from "./activations.ts";
import { type LayerMaker, number } from "./layer.ts";

/** A layer of several inputs or one that is a function of tensors. */
class Join extends Module<readonly Tensor[]> {
  readonly #kind: string;
  readonly #of: (tensors: readonly Tensor[]) => Tensor;

  constructor(kind: string, join: (tensors: readonly Tensor[]) => Tensor) {
    super();
    this.#kind = kind;
    this.#of = join;
  }

  override get kind(): string {
    return this.#kind;
  }

  forward(...args: [...inputs: Tensor[], mode: Mode]): Tensor {
    return this.#of(args.slice(0, -1) as Tensor[]);
  }
}

export const fold =
  (kind: string, two: (a: Tensor, b: Tensor) => Tensor): LayerMaker =>
  () => ({ module: new Join(kind, (tensors) => tensors.reduce(two)) });

export const concatenateLayer: LayerMaker = ({ config }) => {
  const axis = number(config, "axis", -1);
  const join = (tensors: readonly Tensor[]) => {
    const [{ builder, rank }] = tensors;
    return builder.apply("concat", [...tensors], { axis: ownAxis(axis, rank) });
  };
  return { module: new Join("concat", join) };
};

export const averageLayer: LayerMaker = () => ({
  module: new Join("average", (tensors) => tensors.reduce((a, b) => a.add(b)).div(tensors.length)),
});
