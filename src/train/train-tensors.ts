/** `train` of a network of one's own that takes several inputs or is taught several outputs. */
import { ConvkitError } from "../core/error.ts";
import { fnv1a } from "../core/fnv1a.ts";
import { splitTensors, type TensorDataset, type TensorPair } from "../data/tensor-dataset.ts";
import { encodeSafetensors } from "../formats/safetensors/write-safetensors.ts";
import { initialize } from "../nn/initialize.ts";
import type { AnyModule } from "../nn/module.ts";
import { namedStates, parameters } from "../nn/parameters.ts";
import type { HostTensor } from "../tensor/index.ts";
import { configOf } from "./config.ts";
import { weightsOf } from "./encode-model.ts";
import type { LossFunction } from "./loss.ts";
import { type LossByName, makeLoss } from "./loss-settings.ts";
import { CUSTOM } from "./model-card.ts";
import type { TrainOptions } from "./options.ts";
import { settle } from "./settle.ts";
import { type TrainedOutput, tensorTask } from "./tasks/tensors.ts";
import { TensorRun } from "./tensor-run.ts";
import { begunRunOf, callbacksOf, trainTask } from "./train-task.ts";

export interface OutputSettings {
  /** A name, settings, or a function of output and target; cross-entropy for class numbers, else the mean square. */
  readonly loss?: LossByName["name"] | LossByName | LossFunction;
  /** Of this loss in the sum; 1 by default. */
  readonly weight?: number;
}

/** As for pictures, but for what is done to these. */
export interface TensorTrainOptions
  extends Omit<
    TrainOptions,
    | "data"
    | "augmentation"
    | "batchAugmentation"
    | "mixup"
    | "cutmix"
    | "sampler"
    | "progressiveResize"
    | "tta"
    | "swa"
    | "fold"
    | "loss"
    | "labelSmoothing"
    | "classWeights"
  > {
  /** Of one part, a tenth is held back for validation and a fifth to test with. */
  readonly data: TensorDataset | TensorPair;
  /**
   * The outputs that are trained; the first is what the network returns, the others are recorded in its forward by
   * `recordOutput`. By default all that have targets, in their order.
   */
  readonly outputs?: Readonly<Record<string, OutputSettings>>;
}

/** Throws where data, outputs and network do not go together. */
export async function trainTensors(
  net: AnyModule,
  options: TensorTrainOptions,
): Promise<TensorRun> {
  const begun = performance.now();
  const { checkpoint, recorded } = await begunRunOf(options);
  const { seed = recorded?.seed ?? 0 } = options;
  const pair = partsOf(options.data, seed);
  const { inputs, targets } = pair.train;
  const shapes = inputs.map(({ shape, dtype }, i) => ({
    ...{ name: `input ${i}`, shape: shape.slice(1), dtype },
  }));
  if (namedStates(net).length === 0) initialize(net, shapes, { seed });
  const every = Object.fromEntries(Object.keys(targets).map((name) => [name, {}]));
  const outputs = await trainedOutputs(options.outputs ?? every, targets);
  const settled = await settle(
    options,
    { name: undefined, loss: "crossEntropy", channels: 0, net },
    recorded,
  );
  const { validation } = settled;
  const split =
    pair.validation === undefined && validation > 0
      ? splitTensors(pair.train, validation, seed)
      : { train: pair.train, validation: pair.validation };
  const config = {
    ...configOf(settled, {
      ...{ model: CUSTOM, stem: null, classes: [], classWeights: null },
      parameters: parameters(net).reduce((sum, { size }) => sum + size, 0),
      inputShape: shapes[0].shape,
      data: {
        ...{ name: pair.train.name, train: split.train.length, test: pair.test.length },
        validation: split.validation?.length ?? 0,
        fingerprint: fingerprint(pair),
      },
    }),
    inputs: shapes.map(({ shape, dtype }) => ({ shape, dtype })),
    outputs: outputs.map(({ name, weight }) => ({
      ...{ name, weight, loss: recordOf(options.outputs?.[name]?.loss) },
    })),
  };
  const task = tensorTask(net, inputs.length, outputs);
  const encode = () =>
    encodeSafetensors(weightsOf(net), { architecture: CUSTOM, producer: "convkit" });
  const { device, result } = await trainTask(options, {
    ...{ task, net, settled, config, checkpoint, encode, begun },
    ...{ train: split.train, validation: split.validation, test: pair.test },
    callbacks: callbacksOf(options),
  });
  return new TensorRun(net, task, device, result, encode);
}

const recordOf = (loss: OutputSettings["loss"]) =>
  typeof loss === "function" ? CUSTOM : (loss ?? null);

function partsOf(data: TensorDataset | TensorPair, seed: number): TensorPair {
  if ("train" in data) return data;
  const { train, validation: test } = splitTensors(data, 0.2, seed);
  return { train, test };
}

function trainedOutputs(
  outputs: Readonly<Record<string, OutputSettings>>,
  targets: Readonly<Record<string, HostTensor>>,
): Promise<TrainedOutput[]> {
  return Promise.all(
    Object.entries(outputs).map(async ([name, { loss, weight = 1 }]) => {
      const target = targets[name];
      if (!target || !(weight >= 0)) {
        throw new ConvkitError(
          "train",
          target
            ? `output ${name} has the weight ${weight} — give a number from 0`
            : `output ${name} has no targets, there are ${Object.keys(targets).join(", ")}`,
        );
      }
      const isClass = target.dtype === "i32" && target.shape.length === 1;
      const chosen = loss ?? (isClass ? "crossEntropy" : "mse");
      const settings = typeof chosen === "string" ? { name: chosen } : chosen;
      const made = typeof settings === "function" ? settings : await makeLoss(settings);
      return { name, weight, isClass, loss: made };
    }),
  );
}

/** A hash over all tensors, as 8 hexadecimal digits. */
function fingerprint({ train, validation, test }: TensorPair): string {
  let hash: number | undefined;
  for (const part of [train, validation, test]) {
    if (!part) continue;
    for (const { data } of [...part.inputs, ...Object.values(part.targets)]) {
      hash = fnv1a(new Uint8Array(data.buffer, data.byteOffset, data.byteLength), hash);
    }
  }
  return (hash ?? 0).toString(16).padStart(8, "0");
}
