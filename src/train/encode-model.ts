/**
 * Writes `model.safetensors`: the weights under PyTorch's names, and in the metadata what a prediction needs beside
 * them: architecture, input shape, classes, loss and preprocessing. Equal models give equal bytes.
 */
import { toBase64 } from "../formats/base64.ts";
import type { ModelStructure } from "../formats/imported-model.ts";
import { encodeSafetensors, type SafeTensor } from "../formats/safetensors.ts";
import { formatPreprocessing, type Preprocessing } from "../image/preprocess.ts";
import type { Module } from "../nn/module.ts";
import { namedStates } from "../nn/parameters.ts";
import type { LossName } from "./loss.ts";

/** A network of the user's own goes by this name; a file of it can only be loaded into one. */
export const CUSTOM = "custom";

export interface ModelCard {
  readonly architecture: string;
  /** C×H×W of one picture. */
  readonly inputShape: readonly number[];
  readonly classes: readonly string[];
  readonly preprocessing: Preprocessing;
  /** Tells how scores become probabilities. */
  readonly loss: LossName | typeof CUSTOM;
  /** Of an imported network: the file without weights that it is made from again. */
  readonly structure?: ModelStructure;
  /** True for a network that ends in a softmax itself. */
  readonly probabilities?: boolean;
}

export function encodeModel(net: Module, card: ModelCard): Uint8Array {
  const tensors = namedStates(net).map(([name, { parameter }]): [string, SafeTensor] => {
    const values = parameter.read();
    const { shape } = parameter;
    // PyTorch counts batches in 64 bits.
    return parameter.dtype === "i32"
      ? [name, { dtype: "I64", shape, data: BigInt64Array.from(values, (v) => BigInt(v)) }]
      : [name, { dtype: "F32", shape, data: Float32Array.from(values) }];
  });
  return encodeSafetensors(tensors, {
    architecture: card.architecture,
    inputShape: JSON.stringify(card.inputShape),
    classes: JSON.stringify(card.classes),
    loss: card.loss,
    preprocessing: formatPreprocessing(card.preprocessing),
    ...(card.structure && { structure: formatStructure(card.structure) }),
    ...(card.probabilities && { probabilities: "true" }),
    producer: "convkit",
  });
}

const formatStructure = ({ format, bytes }: ModelStructure): string =>
  JSON.stringify({ format, bytes: toBase64(bytes) });
