/**
 * Stochastic weight averaging over the last epochs (Izmailov et al. 2018, arXiv:1803.05407, algorithm 1): the weights at the end
 * of each go into a mean, whose running statistics are found by one more pass over the training data.
 */
import type { AnyModule, Module } from "../nn/module.ts";
import { namedModules } from "../nn/parameters.ts";
import { swa } from "../optim/swa.ts";
import { updateBatchNorm } from "../optim/update-batch-norm.ts";
import type { WeightAverage } from "../optim/weight-average.ts";
import {
  type Compiled,
  compile,
  type Device,
  type HostTensor,
  type Tensor,
} from "../tensor/index.ts";
import type { SwaSettings } from "./options.ts";

export class SwaPhase {
  readonly average: WeightAverage;
  readonly #net: AnyModule;
  readonly #device: Device;
  readonly #settings: SwaSettings & { readonly start: number };
  readonly #collect: Compiled<Tensor>;

  constructor(net: AnyModule, device: Device, settings: SwaSettings & { readonly start: number }) {
    this.#net = net;
    this.#device = device;
    this.#settings = settings;
    this.average = swa(net);
    this.#collect = compile(
      (when) => {
        this.average.update(when.gt(0));
        return when;
      },
      { device, batched: [false] },
    );
  }

  /** Whether epoch number `epoch`, from 1, is one of the last. */
  includes(epoch: number, epochs: number): boolean {
    const { start } = this.#settings;
    return epoch > (start < 1 ? start * epochs : start);
  }

  /** The constant rate of the phase, if there is one. */
  get lr(): number | undefined {
    return this.#settings.lr;
  }

  async prepare(): Promise<void> {
    await this.#collect.prepare({ shape: [], dtype: "f32" });
  }

  async collect(): Promise<void> {
    await this.#collect({ shape: [], dtype: "f32", data: Float32Array.of(1) });
  }

  /** With the averages as the network's weights: running statistics of their own. */
  async renewStatistics(pictures: AsyncIterable<HostTensor>, seed: number): Promise<void> {
    const hasNorms = namedModules(this.#net).some(([, { ownStates }]) =>
      ownStates.has("running_mean"),
    );
    if (!hasNorms) return;
    await updateBatchNorm(this.#net as Module, pictures, { device: this.#device, seed });
  }

  dispose(): void {
    this.#collect.dispose();
  }
}
