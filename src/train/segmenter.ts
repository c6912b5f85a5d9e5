/** A trained network that gives each pixel a class, with its classes and preprocessing: segments pictures and is evaluated on data sets. */
import { padSample } from "../augment/pad.ts";
import { isFloat } from "../core/dtype.ts";
import { ConvkitError } from "../core/error.ts";
import { formatShape } from "../core/shape.ts";
import { type Dataset, IGNORED, isSegmented } from "../data/index.ts";
import type { StoredTensors } from "../formats/stored-tensors.ts";
import type { Image } from "../image/image.ts";
import { fitImage, preprocess } from "../image/preprocess.ts";
import { traceNetwork } from "../nn/initialize.ts";
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
import type { OpenedClassifier } from "./classifier.ts";
import { encodeModel } from "./encode-model.ts";
import { type Evaluation, Evaluator } from "./evaluation.ts";
import { likeliestClasses } from "./likeliest-classes.ts";
import { makePixelLoss } from "./loss-settings.ts";
import { CUSTOM, type ModelCard } from "./model-card.ts";
import type { ClassificationBatch } from "./tasks/changed-batches.ts";
import { segmentation } from "./tasks/segmentation.ts";

export interface Segmentation {
  /** Of the picture's own size, a class number for each pixel. */
  readonly mask: Image;
  /** The classes that are in it, the largest first, and the share of the picture that each takes. */
  readonly classes: readonly SegmentedClass[];
}

export interface SegmentedClass {
  readonly label: string;
  /** Its number in the mask. */
  readonly number: number;
  /** 0 … 1. */
  readonly share: number;
}

/** What `openModel` gives of a network for segmentation. */
export interface OpenedSegmenter extends OpenedClassifier {
  readonly task?: string;
}

/** Whether a model gives score maps; one that nothing is said of does where its output is K×H×W. */
export const givesMaps = ({ task, output, inputs }: OpenedSegmenter): boolean => {
  if (task !== undefined) return task === "segmentation";
  const { shape, dtype } = output;
  return inputs.length === 1 && isFloat(dtype) && shape.length === 3 && shape[1] * shape[2] > 1;
};

/** Pictures of an evaluation at a time. */
const BATCH = 8;

/** Made of a network and what is known of it, or by `Segmenter.load` and `Segmenter.of`. */
export class Segmenter {
  readonly net: Module;
  readonly card: ModelCard;
  readonly device: Device;
  readonly #run: Compiled<Tensor>;
  #evaluator: Evaluator<Dataset, ClassificationBatch> | undefined;

  constructor(net: Module, card: ModelCard, device: Device) {
    this.net = net;
    this.card = card;
    this.device = device;
    this.#run = compile((images) => net.call(images, { training: false }), { device });
  }

  /** From a model file, or its bytes, which are the segmenter's from then on; a network of one's own is given along. */
  static async load(
    file: Uint8Array | StoredTensors,
    options: { readonly device?: Device; readonly file?: string; readonly net?: Module } = {},
  ): Promise<Segmenter> {
    const device = options.device ?? (await defaultDevice());
    const { decodeModel } = await import("./decode-model.ts");
    const how = { net: options.net, device, wanted: "segmentation" } as const;
    const { net, card } = await decodeModel(file, options.file, how);
    return new Segmenter(net, card, device);
  }

  /** Of a model that `openModel` gave: its classes are numbers where nobody names them. */
  static of(model: OpenedSegmenter, device: Device): Segmenter {
    const { net, architecture, inputShape, labels, classes, preprocessing } = model;
    if (!givesMaps(model)) {
      throw new ConvkitError(
        "model",
        `${architecture} gives ${formatShape(model.output.shape)}, a model for segmentation gives scores classes×H×W`,
      );
    }
    if (labels && labels.length !== classes) {
      throw new ConvkitError(
        "model",
        `${labels.length} names of classes for the ${classes} score maps of ${architecture} — give one name a class`,
      );
    }
    if (!preprocessing) {
      throw new ConvkitError(
        "model",
        `nothing says how pictures are prepared for ${architecture} — give channels, scale, mean and std (--channels rgb --scale 1/255 …), ` +
          `or a file ${architecture}.preprocessing.json beside it`,
      );
    }
    const card: ModelCard = {
      ...{ architecture, inputShape, loss: model.loss, preprocessing, task: "segmentation" },
      classes: labels ?? Array.from({ length: classes }, (_, i) => `class ${i}`),
    };
    return new Segmenter(net, card, device);
  }

  get classes(): readonly string[] {
    return this.card.classes;
  }

  /**
   * A class for each pixel of a picture of any size. The whole picture is brought to the network's size, and its scores, bilinearly, back
   * to the picture's. A network that loses the borders sees the picture in its middle and its mirror image around it, as Ronneberger et al.
   * 2015 have it (section 2).
   */
  async predict(image: Image): Promise<Segmentation> {
    const { inputShape, preprocessing } = this.card;
    const how = { ...preprocessing, fit: "stretch", cropPct: undefined } as const;
    const [, height, width] = inputShape;
    const [, , h, w] = traceNetwork(this.net, inputShape).output.shape;
    const small = fitImage(image, { ...how, height: h, width: w });
    const [rows, columns] = [(height - h) / 2, (width - w) / 2];
    const seen =
      rows === 0 && columns === 0
        ? small
        : padSample({ image: small }, [rows, rows, columns, columns], { paddingMode: "reflect" })
            .image;
    const data = preprocess(seen, how);
    const scores = await this.scores({ shape: [1, ...inputShape], dtype: "f32", data });
    const mask = likeliestClasses(scores, image);
    return { mask, classes: this.#classesOf(mask) };
  }

  /** What the network gives for N×C×H×W numbers: N×K×H×W. */
  scores(images: HostTensor): Promise<HostTensor> {
    return this.#run(images);
  }

  /** Pixel accuracy, mean IoU and Dice, of all pixels of all pictures. */
  async evaluate(
    dataset: Dataset,
    onProgress?: (done: number, total: number) => void,
  ): Promise<Evaluation> {
    this.#checkData(dataset);
    const { preprocessing, classes, loss } = this.card;
    this.#evaluator ??= new Evaluator(
      segmentation({
        ...{ net: this.net, classes, preprocessing },
        loss: await makePixelLoss(loss === CUSTOM ? "crossEntropy" : loss, {
          ignoreIndex: IGNORED,
        }),
      }),
      { device: this.device, batch: BATCH },
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
    this.#evaluator?.dispose();
    this.#evaluator = undefined;
  }

  #classesOf({ data }: Image): SegmentedClass[] {
    const counts = this.classes.map(() => 0);
    for (const number of data) counts[number]++;
    return counts
      .map((count, number) => ({
        ...{ label: this.classes[number], number, share: count / data.length },
      }))
      .filter(({ share }) => share > 0)
      .sort((a, b) => b.share - a.share);
  }

  #checkData(dataset: Dataset): void {
    if (!isSegmented(dataset)) {
      throw new ConvkitError(
        "evaluate",
        `${dataset.name} has no masks, the model gives each pixel a class — name a folder with images/ and masks/`,
      );
    }
    checkClasses(this.classes, dataset);
  }
}
