/**
 * Running statistics for weights that no training step has seen, such as averages (Izmailov et al. 2018,
 * arXiv:1803.05407, section 3.2): the plain mean over batches of each batch's mean and unbiased variance, as
 * torch.optim.swa_utils.update_bn.
 */
import { Random, threefry } from "../core/random.ts";
import type { Module } from "../nn/module.ts";
import { BatchNorm } from "../nn/normalization/batch-norm.ts";
import { namedModules } from "../nn/parameters.ts";
import { compile, type Device, type HostTensor, type Parameter } from "../tensor/index.ts";

export interface UpdateBatchNormOptions {
  readonly device: Device;
  /** Of dropout and the like, which are as in training; 0 by default. */
  readonly seed?: number;
}

/** `batches` of inputs as the network takes them, the first the largest; the network must have its parameters. */
export async function updateBatchNorm(
  net: Module,
  batches: Iterable<HostTensor> | AsyncIterable<HostTensor>,
  { device, seed = 0 }: UpdateBatchNormOptions,
): Promise<void> {
  const statistics = namedModules(net).flatMap(([, module]) =>
    module instanceof BatchNorm ? statisticsOf(module) : [],
  );
  const { key } = new Random(seed, "batch norm");
  const pass = compile(
    (x, stepKey) => {
      net.call(x, { training: true, key: stepKey });
      return x.builder.count();
    },
    { device, batched: [true, false] },
  );
  let seen = 0;
  for await (const batch of batches) {
    // From 0, a pass leads to the momentum's share of the batch's own statistic.
    for (const { running, counter } of statistics) {
      running.write(new Float64Array(running.size));
      counter?.write([0]);
    }
    const stepKey = Int32Array.from(threefry(key, seen, 0));
    await pass(batch, { shape: [2], dtype: "i32", data: stepKey });
    seen++;
    for (const { running, share, mean } of statistics) {
      for (const [i, value] of running.read().entries())
        mean[i] += (value / share - mean[i]) / seen;
    }
  }
  pass.dispose();
  for (const { running, mean } of statistics) running.write(mean);
  for (const { counter } of statistics) counter?.write([seen]);
}

interface Statistic {
  readonly running: Parameter;
  /** Of the batch, in r ← r + share·(s − r). */
  readonly share: number;
  readonly mean: Float64Array;
  readonly counter: Parameter | undefined;
}

function statisticsOf(norm: BatchNorm): Statistic[] {
  // Without a momentum the first step takes the batch's statistic as it is.
  const share = norm.options.momentum === null ? 1 : (norm.options.momentum ?? 0.1);
  const counter = norm.ownStates.get("num_batches_tracked")?.parameter;
  return ["running_mean", "running_var"].flatMap((name) => {
    const running = norm.ownStates.get(name)?.parameter;
    return running ? [{ running, share, mean: new Float64Array(running.size), counter }] : [];
  });
}
