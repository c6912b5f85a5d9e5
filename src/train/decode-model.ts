/** Reads `model.safetensors` as `encode-model.ts` writes it. */
import type { Device } from "../backends/backend.ts";
import { ConvkitError } from "../core/error.ts";
import { fromBase64 } from "../formats/base64.ts";
import { bytesSource } from "../formats/byte-source.ts";
import { importStructure } from "../formats/import-structure.ts";
import type { ModelStructure } from "../formats/imported-model.ts";
import { openSafetensors } from "../formats/safetensors/read-safetensors.ts";
import type { StoredTensors } from "../formats/stored-tensors.ts";
import { parsePreprocessing } from "../image/parse-preprocessing.ts";
import { createModel } from "../models/index.ts";
import { loadWeights } from "../models/load-weights.ts";
import { initialize } from "../nn/initialize.ts";
import type { Module } from "../nn/module.ts";
import { namedStates } from "../nn/parameters.ts";
import { CUSTOM, type ModelCard } from "./model-card.ts";
import { parseHeadSettings } from "./transfer/head-settings.ts";

export interface LoadedModel {
  readonly net: Module;
  readonly card: ModelCard;
}

export interface DecodeOptions {
  readonly net?: Module;
  readonly device?: Device;
  /** A file of another task is refused. */
  readonly wanted?: "classification" | "segmentation";
}

/**
 * Makes the network that the file names, or fills the given one, on the host or straight on a device. Of a file on disk
 * (`readSafetensors`) one tensor at a time is read; bytes are the network's from then on, which keeps its values in them where
 * they are aligned.
 */
export async function decodeModel(
  source: Uint8Array | StoredTensors,
  file = "model",
  { net: given, device, wanted }: DecodeOptions = {},
): Promise<LoadedModel> {
  const stored =
    source instanceof Uint8Array ? await openSafetensors(bytesSource(source, file)) : source;
  const card = parseCard(stored.metadata, file);
  if (wanted && wanted !== (card.task ?? "classification")) {
    const fact =
      wanted === "segmentation"
        ? "tells classes of whole pictures — load it by Classifier.load"
        : "gives each pixel a class — load it by Segmenter.load";
    throw new ConvkitError("model", `${file}: ${fact}`);
  }
  if (card.architecture === CUSTOM && !given) {
    throw new ConvkitError(
      "model",
      `${file}: holds the weights of a network of somebody's own — load it from code, into that network`,
    );
  }
  const net = given ?? (await makeNet(card, file));
  if (namedStates(net).length === 0) initialize(net, card.inputShape);
  await loadWeights(net, stored, { model: card.architecture, device });
  return { net, card };
}

async function makeNet(card: ModelCard, file: string): Promise<Module> {
  const { architecture, inputShape, classes, stem, structure, probabilities = false, head } = card;
  if (head) {
    const { transferNetwork } = await import("./transfer/transfer-network.ts");
    const outputs = head.kind === "classifier" ? { classes: head.outputs } : {};
    const body = structure
      ? ((await importStructure(structure, { file, inputShape, logits: true }))
          .net as unknown as Module)
      : initialize(
          (await createModel(architecture, { inputShape, stem, ...outputs })).net,
          inputShape,
        );
    return transferNetwork(body, inputShape, head, classes.length);
  }
  if (!structure) {
    return (await createModel(architecture, { inputShape, stem, classes: classes.length })).net;
  }
  const logits = !probabilities;
  const { net } = await importStructure(structure, { file, inputShape, logits });
  return net as unknown as Module;
}

function parseStructure(text: string): ModelStructure | undefined {
  try {
    const { format, bytes } = JSON.parse(text) as { format: unknown; bytes: string };
    if (format === "onnx" || format === "layers-model") return { format, bytes: fromBase64(bytes) };
  } catch {
    // Told by the caller.
  }
  return undefined;
}

function parseCard(metadata: Readonly<Record<string, string>>, file: string): ModelCard {
  const fail = (fact: string, cause?: unknown): never => {
    throw new ConvkitError("model", `${file}: ${fact} — use a model file that convkit saved`, {
      cause,
    });
  };
  const list = (key: string): unknown[] => {
    try {
      const value: unknown = JSON.parse(metadata[key]);
      if (Array.isArray(value)) return value;
    } catch (cause) {
      fail(`its metadata has no proper ${key}`, cause);
    }
    return fail(`its metadata has no proper ${key}`);
  };
  const { architecture, loss, preprocessing, stem } = metadata;
  if (!architecture) return fail("its metadata names no architecture");
  const inputShape = list("inputShape").map(Number);
  const classes = list("classes").map(String);
  if (inputShape.length !== 3 || !inputShape.every((size) => Number.isInteger(size) && size > 0)) {
    return fail(`its input shape is ${metadata.inputShape}`);
  }
  if (loss !== "crossEntropy" && loss !== "squaredError" && loss !== CUSTOM) {
    return fail(`its loss is ${loss}`);
  }
  if (stem !== undefined && stem !== "imagenet" && stem !== "cifar") {
    return fail(`its stem is ${stem}`);
  }
  const structure =
    metadata.structure === undefined ? undefined : parseStructure(metadata.structure);
  if (metadata.structure !== undefined && !structure)
    return fail("its structure is not to be read");
  return {
    architecture,
    inputShape,
    classes,
    loss,
    preprocessing: parsePreprocessing(preprocessing ?? "", file),
    ...(stem && { stem }),
    ...(structure && { structure }),
    ...(metadata.head !== undefined && { head: parseHeadSettings(metadata.head, file) }),
    ...(metadata.probabilities === "true" && { probabilities: true }),
    ...(metadata.task === "segmentation" && { task: metadata.task }),
  };
}
