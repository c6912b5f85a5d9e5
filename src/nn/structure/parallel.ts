/**
 * Branches over one input, their results joined: y = [f₁(x); f₂(x); …] along an axis, or their sum or mean. The branches
 * of Inception are `parallel({ branch1: …, branch2: … })`, with parameters `branch1.…`; those of a list are "0", "1", ….
 */
import { ConvkitError } from "../../core/error.ts";
import { formatShape, sameShape } from "../../core/shape.ts";
import type { Tensor } from "../../graph/tensor.ts";
import { relu } from "../activation/relu.ts";
import { conv2d } from "../convolution/conv2d.ts";
import type { LayerSpec } from "../layer-spec.ts";
import { linear } from "../linear/linear.ts";
import { type AnyModule, type Mode, Module } from "../module.ts";
import { type Layers, namedLayers } from "./named-layers.ts";

export interface ParallelOptions {
  /** "concat" by default. */
  readonly join?: "concat" | "sum" | "mean";
  /** Of concat; channels by default. */
  readonly axis?: number;
}

export class Parallel extends Module {
  readonly options: ParallelOptions;
  readonly #named: readonly [string, Module][];

  constructor(branches: Layers, options: ParallelOptions) {
    super();
    this.#named = namedLayers("parallel", branches);
    if (this.#named.length === 0) {
      throw new ConvkitError("parallel", "has no branches — give at least one");
    }
    const { join = "concat" } = options;
    if (!["concat", "sum", "mean"].includes(join)) {
      throw new ConvkitError("parallel", `cannot join by "${join}" — use concat, sum or mean`);
    }
    this.options = options;
  }

  override get kind(): string {
    return "parallel";
  }

  override namedChildren(): [string, AnyModule][] {
    return [...this.#named];
  }

  forward(x: Tensor, mode: Mode): Tensor {
    const { join = "concat", axis = 1 } = this.options;
    const results = this.#named.map(([, branch]) => branch.call(x, mode));
    if (join === "concat") return x.builder.apply("concat", results, { axis });
    const [first, ...others] = results;
    if (!others.every(({ shape }) => sameShape(shape, first.shape))) {
      const shapes = results.map(({ shape }) => formatShape(shape)).join(", ");
      throw new ConvkitError(
        "parallel",
        `the ${join} is over branches of one shape, got ${shapes} — ` +
          "join by concat, or bring them to one",
      );
    }
    const sum = others.reduce((total, y) => total.add(y), first);
    return join === "sum" ? sum : sum.div(results.length);
  }
}

export const parallel = (branches: Layers, options: ParallelOptions = {}): Parallel =>
  new Parallel(branches, options);

const inception = (): Parallel =>
  parallel({ branch1: conv2d(2, { kernel: 1 }), branch2: conv2d(3, { kernel: 3, padding: 1 }) });

export const parallelSpec: LayerSpec = {
  name: "parallel",
  formula: "y = [f₁(x); f₂(x); …], Σᵢ fᵢ(x) or its mean",
  shapes: "as its branches have it, their channels one after the other",
  source: "Szegedy et al. 2014, arXiv:1409.4842, figure 2",
  torch: null,
  // biome-ignore format: one case a line
  samples: [
    { name: "named, channels", make: inception, inputs: [{ shape: [2, 4, 3] }], output: [5, 4, 3], states: { "branch1.weight": [2, 2, 1, 1], "branch1.bias": [2], "branch2.weight": [3, 2, 3, 3], "branch2.bias": [3] }, torch: "Parallel('concat', {'branch1': nn.Conv2d(2, 2, 1), 'branch2': nn.Conv2d(2, 3, 3, padding=1)})" },
    { name: "last axis", make: () => parallel([relu(), relu()], { axis: -1 }), inputs: [{ shape: [2, 3] }], output: [2, 6], torch: "lambda x: torch.cat([F.relu(x), F.relu(x)], -1)" },
    { name: "sum", make: () => parallel([linear(2), linear(2), linear(2)], { join: "sum" }), inputs: [{ shape: [3] }], output: [2], states: { "0.weight": [2, 3], "0.bias": [2], "1.weight": [2, 3], "1.bias": [2], "2.weight": [2, 3], "2.bias": [2] }, torch: "Parallel('sum', {str(i): nn.Linear(3, 2) for i in range(3)})" },
    { name: "mean", make: () => parallel([linear(2), linear(2)], { join: "mean" }), inputs: [{ shape: [3] }], output: [2], states: { "0.weight": [2, 3], "0.bias": [2], "1.weight": [2, 3], "1.bias": [2] }, torch: "Parallel('mean', {str(i): nn.Linear(3, 2) for i in range(2)})" },
  ],
};
