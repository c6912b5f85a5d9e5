/**
 * Opens a model by what people have in hand: a name of the zoo (with a file of weights, or initial ones), a run directory, a
 * model file of a run, an ONNX file, or a `model.json` of TensorFlow.js.
 */
import { readFile, stat } from "node:fs/promises";
import { basename, dirname, join, resolve } from "node:path";
import type { DType } from "../core/dtype.ts";
import { ConvkitError } from "../core/error.ts";
import { formatShape, type Shape } from "../core/shape.ts";
import { importModel, isModelFile } from "../formats/import-model-node.ts";
import type { ImportedInput } from "../formats/imported-model.ts";
import { readSafetensors, readStateDict } from "../formats/node.ts";
import { isSoftmax } from "../formats/without-softmax.ts";
import { createModel, modelNames } from "../models/index.ts";
import { classesIn, loadWeights } from "../models/load-weights.ts";
import type { ModelInfo, ModelRequest } from "../models/model.ts";
import { initialize, listInputs, type NetworkInputs, traceNetwork } from "../nn/initialize.ts";
import type { Module } from "../nn/module.ts";
import { nearestName } from "../nn/nearest-name.ts";
import type { Device } from "../tensor/index.ts";
import { decodeModel } from "./decode-model.ts";
import type { NamedNetwork } from "./made-network.ts";
import {
  type GivenPreprocessing,
  parseSidecar,
  preprocessingFor,
  publishedPreprocessing,
  type Sidecar,
  statedLabels,
  statedPreprocessing,
} from "./model-preprocessing.ts";
import { modelPath } from "./run-directory-node.ts";

export interface OpenModelOptions
  extends GivenPreprocessing,
    Pick<Partial<ModelRequest>, "inputShape" | "classes" | "stem" | "dropRate" | "dropPathRate"> {
  /** Of a zoo's model: safetensors, PyTorch's .pth or .npz, with torchvision's or timm's names. */
  readonly weights?: string;
  /** Of initial values; 0 by default. */
  readonly seed?: number;
  /** Leaves a final softmax of an imported network out, as training wants; false by default. */
  readonly logits?: boolean;
  /** The best weights of a run instead of the last. */
  readonly best?: boolean;
  /** Names of the classes. */
  readonly labels?: readonly string[];
  /** Where the weights of an architecture or a run go, tensor by tensor; the host by default. */
  readonly device?: Device;
}

export interface OpenedModel extends NamedNetwork {
  readonly inputs: readonly ImportedInput[];
  /** Names of the outputs, the first that of what `net` returns. */
  readonly outputs: readonly string[];
  /** Of one example, C×H×W. */
  readonly inputShape: Shape;
  /** Of the first output, without the batch axis. */
  readonly output: { readonly shape: Shape; readonly dtype: DType };
  /** How many scores it gives; the channels of what is no list of scores. */
  readonly classes: number;
  readonly labels?: readonly string[];
  /** Whether it ends in a softmax. */
  readonly probabilities: boolean;
  /** What it gives, where something says so: see `ModelInfo`. */
  readonly task?: ModelInfo["task"];
  /** Where its weights are from; undefined for initial values. */
  readonly file?: string;
}

/** Throws a `WrongModel` for names of nothing, and where options do not go with what the name is of. */
export async function openModel(
  name: string,
  options: OpenModelOptions = {},
): Promise<OpenedModel> {
  if ((modelNames as readonly string[]).includes(name)) return openArchitecture(name, options);
  const found = await stat(name).catch(() => undefined);
  if (!found) throw unknownModel(name);
  if (options.weights !== undefined) {
    throw new WrongModel(
      "model",
      `${name} has weights of its own — leave ${options.weights} out, or name an architecture of \`convkit models\``,
    );
  }
  return found.isFile() && isModelFile(name) ? openImported(name, options) : openRun(name, options);
}

/** A wish that the named model cannot meet, or a name of nothing: wrong usage rather than a damaged file. */
export class WrongModel extends ConvkitError {}

function unknownModel(name: string): WrongModel {
  const near = nearestName(name, modelNames);
  return new WrongModel(
    "model",
    `there is no model, run directory or file "${name}" — ` +
      `${near ? `did you mean ${near}?` : "convkit models lists what there is"}`,
  );
}

async function openArchitecture(name: string, options: OpenModelOptions): Promise<OpenedModel> {
  const { weights: file, classes, seed = 0, labels } = options;
  const stored = file === undefined ? undefined : await readStateDict(file);
  let made = await createModel(name, options);
  initialize(made.net, made.inputShape, { seed });
  // Without a wish, as many classes as the file has.
  const inFile = stored && classesIn(stored, made.net, made);
  if (classes === undefined && inFile !== undefined && inFile !== made.classes) {
    made = await createModel(name, { ...options, classes: inFile });
    initialize(made.net, made.inputShape, { seed });
  }
  const { net, info, inputShape, timm, adapt, initializeFrom } = made;
  const loaded =
    stored &&
    (await loadWeights(net, stored, {
      ...{ timm, adapt, model: name, device: options.device },
      ...(classes !== undefined && { numClasses: classes }),
    }));
  return {
    ...{ net, architecture: name, inputShape, loss: info.loss },
    ...ends(net, inputShape),
    preprocessing: preprocessingFor(inputShape, options, publishedPreprocessing(info, inputShape)),
    ...(labels && { labels }),
    ...(file === undefined ? { initializeFrom } : { file }),
    ...(options.stem && { stem: options.stem }),
    ...(info.task && { task: info.task }),
    notes: [...made.notes, ...(loaded?.notes ?? [])],
  };
}

async function openRun(name: string, options: OpenModelOptions): Promise<OpenedModel> {
  const file = await modelPath(name, options.best ? "best" : "last");
  const { inputShape: wished, classes, labels } = options;
  const { net, card } = await decodeModel(await readSafetensors(file), file, {
    device: options.device,
  });
  const { architecture, inputShape, stem, structure, head, probabilities = false } = card;
  if (wished && String(wished) !== String(inputShape)) {
    throw new WrongModel(
      "model",
      `${name} is a trained model for ${formatShape(inputShape)} — leave the shape out, or name an architecture of \`convkit models\``,
    );
  }
  const isOther = classes !== undefined && classes !== card.classes.length;
  const own = isOther ? await withFreshHead(card, file, classes) : { net, notes: [] };
  const names = labels ?? (isOther ? undefined : card.classes);
  return {
    ...{ net: own.net, architecture, inputShape, file },
    ...ends(own.net, inputShape),
    loss: card.loss === "squaredError" ? "squaredError" : "crossEntropy",
    ...(stem && { stem }),
    ...(structure && { structure }),
    ...(head && { head }),
    ...(card.task && { task: card.task }),
    probabilities,
    preprocessing: preprocessingFor(inputShape, options, card.preprocessing),
    ...(names && { labels: names }),
    notes: own.notes,
  };
}

/** A run's network for another number of classes: its weights but for the layer of scores. */
async function withFreshHead(
  {
    architecture,
    inputShape,
    stem,
    structure,
    head,
  }: Awaited<ReturnType<typeof decodeModel>>["card"],
  file: string,
  classes: number,
): Promise<{ net: Module; notes: readonly string[] }> {
  if (structure || head) {
    throw new WrongModel(
      "model",
      `${file}: was ${head ? "given a head of its own" : "imported"}; another number of classes is given to the model that it was made from — train from that`,
    );
  }
  const { net, timm } = await createModel(architecture, { inputShape, stem, classes });
  initialize(net, inputShape);
  const stored = await readStateDict(file);
  const { notes } = await loadWeights(net, stored, {
    timm,
    numClasses: classes,
    model: architecture,
  });
  return { net, notes };
}

async function openImported(file: string, options: OpenModelOptions): Promise<OpenedModel> {
  const { inputShape: wished, classes, logits = false } = options;
  const imported = await importModel(file, { inputShape: wished, classes, logits });
  const net = imported.net as unknown as Module;
  const { inputs } = imported;
  const [{ shape: inputShape }] = inputs;
  const { given, base, labels: beside } = await sidecarOf(file);
  const stated = statedPreprocessing(imported.metadata, file);
  const settings = { ...given, ...definedOnly(options) };
  const preprocessing = preprocessingFor(inputShape, settings, stated);
  const labels =
    options.labels ??
    (classes === undefined ? (beside ?? statedLabels(imported.metadata)) : undefined);
  return {
    ...{
      net,
      architecture: nameOf(file),
      inputShape,
      file,
      loss: "crossEntropy",
    },
    ...ends(net, inputs),
    outputs: imported.outputs,
    structure: imported.structure,
    ...(preprocessing && { preprocessing: { ...preprocessing, ...base } }),
    ...(labels && { labels }),
    notes: imported.notes,
  };
}

/** `squeezenet` of squeezenet.onnx; every layers model is called model.json, its folder says more. */
function nameOf(file: string): string {
  const stem = basename(file).replace(/\.\w+$/, "");
  return stem === "model" ? basename(dirname(resolve(file))) : stem;
}

const definedOnly = ({ channels, scale, mean, std }: GivenPreprocessing): GivenPreprocessing => ({
  ...(channels !== undefined && { channels }),
  ...(scale !== undefined && { scale }),
  ...(mean !== undefined && { mean }),
  ...(std !== undefined && { std }),
});

/** The inputs of a network, and what its output is. */
function ends(net: Module, inputs: NetworkInputs) {
  const { output } = traceNetwork(net, inputs);
  return {
    inputs: listInputs(inputs),
    outputs: ["output"] as const,
    output: { shape: output.shape.slice(1), dtype: output.dtype },
    classes: output.shape[1] ?? 1,
    probabilities: isSoftmax(output),
  };
}

/** `squeezenet.preprocessing.json` beside `squeezenet.onnx`; for a model.json also Teachable Machine's metadata.json. */
async function sidecarOf(file: string): Promise<Sidecar> {
  const candidates = [
    file.replace(/\.\w+$/, ".preprocessing.json"),
    ...(/\.json$/i.test(file) ? [join(dirname(file), "metadata.json")] : []),
  ];
  for (const path of candidates) {
    const text = await readFile(path, "utf8").catch(() => undefined);
    if (text !== undefined) return parseSidecar(text, path);
  }
  return { given: {} };
}
