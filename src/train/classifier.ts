/** A trained network with its classes and preprocessing: predicts pictures and is evaluated on data sets. */
import { type DType, isFloat } from "../core/dtype.ts";
import { ConvkitError } from "../core/error.ts";
import { formatShape, type Shape, sizeOf } from "../core/shape.ts";
import type { Dataset } from "../data/index.ts";
import type { StoredTensors } from "../formats/stored-tensors.ts";
import type { Image } from "../image/image.ts";
import type { Module } from "../nn/module.ts";
import {
  type Compiled,
  compile,
  type Device,
  defaultDevice,
  type HostTensor,
  type Tensor,
} from "../tensor/index.ts";
import { checkClasses } from "./check-classes.ts";
import { encodeModel } from "./encode-model.ts";
import { type Evaluation, Evaluator } from "./evaluation.ts";
import type { NamedNetwork } from "./made-network.ts";
import { CUSTOM, type ModelCard, NONE } from "./model-card.ts";
import { probabilitiesOf } from "./probabilities.ts";
import type { ClassificationBatch } from "./tasks/changed-batches.ts";
import { classification } from "./tasks/classification.ts";
import type { TestTimeAugmentation, ViewAverage } from "./views.ts";

export interface Candidate {
  readonly label: string;
  /** 0 … 1. */
  readonly probability: number;
}

export interface Prediction extends Candidate {
  /** The likeliest classes, the first of them being this one. */
  readonly top: readonly Candidate[];
}

/** What a network needs beside itself to tell pictures apart. */
export interface OpenedClassifier extends NamedNetwork {
  /** C×H×W. */
  readonly inputShape: Shape;
  readonly inputs: readonly unknown[];
  /** Of one example. */
  readonly output: { readonly shape: Shape; readonly dtype: DType };
  /** How many scores it gives. */
  readonly classes: number;
  /** Names of the classes. */
  readonly labels?: readonly string[];
  readonly probabilities: boolean;
}

export interface ClassifierOptions {
  /** "none" by default. */
  readonly tta?: TestTimeAugmentation;
}

/** Made of a network and what is known of it, or by `Classifier.load` and `Classifier.of`. */
export class Classifier {
  readonly net: Module;
  readonly card: ModelCard;
  readonly device: Device;
  /** Views of each picture whose outputs are averaged, in predictions and evaluations. */
  readonly tta: TestTimeAugmentation;
  readonly #run: Compiled<Tensor>;
  #views: ViewAverage | undefined;
  #evaluator: Evaluator<Dataset, ClassificationBatch> | undefined;

  constructor(
    net: Module,
    card: ModelCard,
    device: Device,
    { tta = "none" }: ClassifierOptions = {},
  ) {
    this.net = net;
    this.card = card;
    this.device = device;
    this.tta = tta;
    this.#run = compile((images) => net.call(images, { training: false }), { device });
  }

  /** From a model file, or its bytes, which are the classifier's from then on; a network of one's own is given along. */
  static async load(
    file: Uint8Array | StoredTensors,
    options: ClassifierOptions & {
      readonly device?: Device;
      readonly file?: string;
      readonly net?: Module;
    } = {},
  ): Promise<Classifier> {
    const device = options.device ?? (await defaultDevice());
    // Only whoever loads a model loads what reads it.
    const { decodeModel } = await import("./decode-model.ts");
    const how = { net: options.net, device, wanted: "classification" } as const;
    const { net, card } = await decodeModel(file, options.file, how);
    return new Classifier(net, card, device, options);
  }

  /** Of a model that `openModel` gave: its classes are numbers where nobody names them. */
  static of(model: OpenedClassifier, device: Device, options: ClassifierOptions = {}): Classifier {
    const { net, architecture, inputShape, labels, classes, preprocessing } = model;
    checkScores(model);
    if (labels && labels.length !== classes) {
      throw new ConvkitError(
        "model",
        `${labels.length} names of classes for the ${classes} scores of ${architecture} — give one name a class`,
      );
    }
    const card: ModelCard = {
      ...{ architecture, inputShape, loss: model.loss },
      ...(model.probabilities && { probabilities: true }),
      classes: labels ?? Array.from({ length: classes }, (_, i) => `class ${i}`),
      preprocessing: preprocessing ?? unsaid(architecture),
    };
    return new Classifier(net, card, device, options);
  }

  get classes(): readonly string[] {
    return this.card.classes;
  }

  /** The likeliest classes of a picture of any size. */
  async predict(image: Image, { top = 5 }: { top?: number } = {}): Promise<Prediction> {
    // Only whoever predicts pictures loads what resizes them.
    const { preprocess } = await import("../image/preprocess.ts");
    const values = preprocess(image, this.card.preprocessing);
    const [prediction] = await this.predictValues(values, { top });
    return prediction;
  }

  /** Of pictures that are prepared already: N×C×H×W numbers. */
  async predictValues(
    values: Float32Array,
    { top = 5 }: { top?: number } = {},
  ): Promise<Prediction[]> {
    const { inputShape, classes } = this.card;
    const size = inputShape.reduce((product, dim) => product * dim, 1);
    const n = values.length / size;
    if (!Number.isInteger(n) || n < 1) {
      throw new ConvkitError(
        "predict",
        `${values.length} numbers are no pictures of ${formatShape(inputShape)} — give ${size} to each`,
      );
    }
    const { data } = await this.scores({ shape: [n, ...inputShape], dtype: "f32", data: values });
    return Array.from({ length: n }, (_, i) => {
      const scores = data.slice(i * classes.length, (i + 1) * classes.length);
      const likeliest = this.#rank(scores).slice(0, top);
      return { ...likeliest[0], top: likeliest };
    });
  }

  /** What the network gives for N×C×H×W numbers. */
  async scores(images: HostTensor): Promise<HostTensor> {
    if (this.tta === "none") return this.#run(images);
    this.#views ??= await this.#makeViews();
    return (await this.#views.run(images)).scores;
  }

  async #makeViews(): Promise<ViewAverage> {
    const { ViewAverage } = await import("./views.ts");
    const { net, device, tta } = this;
    return new ViewAverage((x) => ({ scores: net.call(x, { training: false }) }), tta, { device });
  }

  async evaluate(
    dataset: Dataset,
    onProgress?: (done: number, total: number) => void,
  ): Promise<Evaluation> {
    checkClasses(
      this.classes.filter((name) => name !== NONE),
      dataset,
    );
    const { preprocessing, classes, loss } = this.card;
    this.#evaluator ??= new Evaluator(
      classification({
        ...{ net: this.net, classes: classes.length, preprocessing },
        loss: loss === CUSTOM ? "crossEntropy" : loss,
      }),
      { device: this.device, tta: this.tta },
    );
    return this.#evaluator.evaluate(dataset, onProgress);
  }

  /** The model as a safetensors file. */
  save(): Uint8Array {
    return encodeModel(this.net, this.card);
  }

  /** Frees the programs; the network and the device stay. */
  dispose(): void {
    this.#run.dispose();
    this.#views?.dispose();
    this.#views = undefined;
    this.#evaluator?.dispose();
    this.#evaluator = undefined;
  }

  #rank(scores: ArrayLike<number>): Candidate[] {
    return probabilitiesOf(scores, this.card)
      .map((probability, i) => ({ label: this.classes[i], probability }))
      .sort((a, b) => b.probability - a.probability);
  }
}

/** A classifier takes one picture and gives a score for each class. */
function checkScores({ architecture, inputs, output, classes }: OpenedClassifier): void {
  const { shape, dtype } = output;
  if (inputs.length === 1 && isFloat(dtype) && sizeOf(shape) === classes) return;
  const fact =
    inputs.length > 1
      ? `takes ${inputs.length} inputs`
      : `gives ${dtype} of ${shape.length === 0 ? "one value" : formatShape(shape)}`;
  throw new ConvkitError(
    "model",
    `${architecture} ${fact}, a classifier takes a picture and gives a score for each class — convkit run gives its numbers`,
  );
}

function unsaid(architecture: string): never {
  throw new ConvkitError(
    "model",
    `nothing says how pictures are prepared for ${architecture} — give channels, scale, mean and std ` +
      `(--channels rgb --scale 1/255 …), or a file ${architecture}.preprocessing.json beside it`,
  );
}
