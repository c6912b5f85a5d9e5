/**
 * What is measured. A training step is forward, softmax cross entropy, backward and SGD with momentum 0.9 on one
 * resident synthetic batch; a prediction is the forward pass in evaluation mode.
 */
import { type Network, networks } from "./networks.ts";

export interface Workload {
  /** `train/lenet5@128`: the task, the network, the batch. */
  readonly name: string;
  readonly task: "train" | "predict";
  readonly network: Network;
  readonly batch: number;
}

const names = [
  "train/lenet5@32",
  "train/lenet5@128",
  "train/resnet20@64",
  "train/cifarnet@64",
  "predict/resnet20@1",
  "predict/lenet5@32",
  "predict/resnet20@64",
];

export const workloads: readonly Workload[] = names.map((name) => {
  const [, task, model, batch] = /^(train|predict)\/(\w+)@(\d+)$/.exec(name) as RegExpExecArray;
  const network = networks.find((candidate) => candidate.name === model);
  if (network === undefined) throw new Error(`no network ${model}`);
  return { name, task: task as Workload["task"], network, batch: Number(batch) };
});
