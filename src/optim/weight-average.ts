/**
 * A second set of a network's weights that follows the first, such as `ema` and `swa` make: parameters, running
 * statistics and all else that is saved. Whole numbers (how many batches were seen) are copied.
 */
import { ConvkitError } from "../core/error.ts";
import type { Builder } from "../graph/builder.ts";
import type { Tensor } from "../graph/tensor.ts";
import type { OwnState } from "../nn/module.ts";
import { Parameter } from "../tensor/parameter.ts";

/** How far the average goes towards the weights at its next update, 0 … 1, given how many it has had. */
export type AverageShare = (updates: Tensor, builder: Builder) => Tensor;

/** As `namedStates(net)` gives them. */
export type NamedStates = readonly (readonly [string, OwnState])[];

interface Pair {
  readonly own: Parameter;
  readonly average: Parameter;
}

export class WeightAverage {
  readonly #pairs: readonly Pair[];
  readonly #updates: Parameter;
  readonly #share: AverageShare;

  /** The network's parameters must be in being; the average begins with the values they have at its first use. */
  constructor(name: string, states: NamedStates, share: AverageShare) {
    if (states.length === 0) {
      throw new ConvkitError(
        name,
        "the network has no weights yet — call initialize(net, inputShape) first",
      );
    }
    this.#pairs = states.map(([path, { parameter: own }]) => {
      const { shape, dtype } = own;
      const options = { dtype, trainable: false };
      return { own, average: new Parameter(`${name}.${path}`, shape, () => own.read(), options) };
    });
    this.#updates = new Parameter(`${name}.updates`, [], () => [0], { trainable: false });
    this.#share = share;
  }

  /**
   * Traces an update into the graph of `where`, a scalar bool that says whether this run makes it: what
   * `optimizer.step` gives as `updated`, to be called after it.
   */
  update(where: Tensor): void {
    const { builder } = where;
    const updates = builder.state(this.#updates);
    const share = this.#share(updates, builder);
    for (const { own, average } of this.#pairs) {
      const [now, before] = [builder.state(own), builder.state(average)];
      // Exact where the share is 1: nothing is left of what the average began with.
      const mix = () => before.mul(share.rsub(1)).add(now.mul(share));
      const next = own.dtype === "f32" ? mix() : now;
      const value = builder.apply("stopGradient", [where.where(next, before)]);
      builder.update(average, value);
    }
    builder.update(this.#updates, where.where(updates.add(1), updates));
  }

  /** How many updates there were. */
  get updates(): number {
    return this.#updates.read()[0];
  }

  /** The averages, by the names of the weights behind `ema.` or `swa.`, and how many updates they had. */
  state(): Parameter[] {
    return [...this.#pairs.map(({ average }) => average), this.#updates];
  }

  restore(values: ReadonlyMap<string, ArrayLike<number>>): void {
    for (const parameter of this.state()) {
      const value = values.get(parameter.name);
      if (value) parameter.write(value);
    }
  }

  /** Exchanges the network's weights and the averages; once more, and all is as it was. */
  swap(): void {
    for (const { own, average } of this.#pairs) {
      const value = own.read().slice();
      own.write(average.read());
      average.write(value);
    }
  }

  /** Gives the averages to the network. */
  copyToNetwork(): void {
    for (const { own, average } of this.#pairs) own.write(average.read());
  }
}
