/**
 * Writes `model.safetensors`: the weights under PyTorch's names, and in the metadata what a prediction needs beside
 * them: architecture, input shape, classes, loss and preprocessing. Equal models give equal bytes.
 */
import { toBase64 } from "../formats/base64.ts";
import type { ModelStructure } from "../formats/imported-model.ts";
import type { SafeTensor } from "../formats/safetensors/safe-tensor.ts";
import { encodeSafetensors } from "../formats/safetensors/write-safetensors.ts";
import { formatPreprocessing } from "../image/preprocessing.ts";
import type { AnyModule, Module } from "../nn/module.ts";
import { namedStates } from "../nn/parameters.ts";
import type { ModelCard } from "./model-card.ts";

/** The bytes of the file, with the weights of now. */
export function encodeModel(net: Module, card: ModelCard): Uint8Array {
  return encodeSafetensors(weightsOf(net), {
    architecture: card.architecture,
    inputShape: JSON.stringify(card.inputShape),
    classes: JSON.stringify(card.classes),
    loss: card.loss,
    preprocessing: formatPreprocessing(card.preprocessing),
    ...(card.stem && { stem: card.stem }),
    ...(card.structure && { structure: formatStructure(card.structure) }),
    ...(card.head && { head: JSON.stringify(card.head) }),
    ...(card.probabilities && { probabilities: "true" }),
    ...(card.task && { task: card.task }),
    producer: "convkit",
  });
}

/** The tensors of the file: weights and running statistics by PyTorch's names. */
export const weightsOf = (net: AnyModule): [string, SafeTensor][] =>
  namedStates(net).map(([name, { parameter }]): [string, SafeTensor] => {
    const values = parameter.read();
    const { shape } = parameter;
    // PyTorch counts batches in 64 bits.
    return parameter.dtype === "i32"
      ? [name, { dtype: "I64", shape, data: BigInt64Array.from(values, (v) => BigInt(v)) }]
      : [name, { dtype: "F32", shape, data: Float32Array.from(values) }];
  });

const formatStructure = ({ format, bytes }: ModelStructure): string =>
  JSON.stringify({ format, bytes: toBase64(bytes) });
