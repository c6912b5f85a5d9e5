/**
 * A trained network with another head, made from the features of the training pictures: as a probe of a frozen body, or to be
 * tuned. A head that knows nothing yet would pull the body's features apart before it had learnt anything (Kumar et al. 2022,
 * arXiv:2202.10054: linear probing, then fine-tuning).
 */
import type { TransformSettings } from "../../augment/settings.ts";
import { ConvkitError } from "../../core/error.ts";
import type { Shape } from "../../core/shape.ts";
import type { Dataset } from "../../data/index.ts";
import type { Preprocessing } from "../../image/preprocessing.ts";
import { graphModule } from "../../nn/conversion/graph-module.ts";
import type { Module } from "../../nn/module.ts";
import type { Device } from "../../tensor/index.ts";
import type { NamedNetwork } from "../made-network.ts";
import { NONE } from "../model-card.ts";
import { type EmbedOptions, embed } from "./embed.ts";
import { type FeatureTable, rowOf } from "./feature-table.ts";
import { featureExtractor } from "./features.ts";
import { type FitOptions, type Fitted, fitHead } from "./fit-head.ts";
import type { DistanceMetric, HeadKind, HeadSettings } from "./head-settings.ts";
import { type TransferNetwork, transferNetwork } from "./transfer-network.ts";

/** What `openModel` gives: a network that has learnt something. */
export interface TrainedModel extends NamedNetwork {
  /** C×H×W. */
  readonly inputShape: Shape;
}

export interface HeadOptions extends Omit<FitOptions, "device"> {
  readonly device: Device;
  /** "linear" by default. */
  readonly head?: HeadKind;
  /** The layer whose pooled output is read; the network's features when left out. */
  readonly layer?: string;
  /** Of "classifier": the network's classes that stand for each class of the data, see `parseClassMap`. */
  readonly sources?: readonly (readonly number[])[];
  /** Neighbours: 5 by default, 1 of one-class. */
  readonly k?: number;
  /** Of neighbours; "cosine" by default. */
  readonly metric?: DistanceMetric;
  /** One-class: the one class that is described; each by itself when left out. */
  readonly only?: string;
  /** Of each training picture; more than 1 go with `augmentation`. */
  readonly views?: number;
  readonly augmentation?: readonly TransformSettings[];
  readonly onProgress?: EmbedOptions["onProgress"];
}

export interface WithHead {
  /** For `train`, which goes on with it. */
  readonly model: TrainedModel & {
    readonly net: TransferNetwork;
    readonly head: HeadSettings;
    readonly preprocessing: Preprocessing;
  };
  readonly classes: readonly string[];
  /** What the head is given, N×F of N×C×H×W. */
  readonly reader: Module;
  /** How many features it reads. */
  readonly width: number;
  readonly fitted: Fitted;
  /** Of pictures through the body, and of making the head. */
  readonly seconds: { readonly features: number; readonly head: number };
}

/** Takes `model.net` over. Throws where data and model do not go together, and for a head that the data cannot make. */
export async function withHead(
  model: TrainedModel,
  data: Dataset,
  options: HeadOptions,
): Promise<WithHead> {
  const { device, layer, views, augmentation, seed, only, onProgress } = options;
  const { net: body, inputShape } = model;
  const preprocessing = preparation(model, data);
  const reader =
    options.head === "classifier"
      ? graphModule(body, inputShape)
      : featureExtractor(body, inputShape, { layer });
  const begun = performance.now();
  const how = { device, preprocessing, seed, onProgress, views, augmentation };
  const whole = await embed(reader, data, how);
  const table = only === undefined ? whole : onlyClass(whole, only);
  const embedded = performance.now();

  const head = settingsOf(options, table);
  const classes = head.kind === "one-class" ? [...table.classes, NONE] : table.classes;
  const net = transferNetwork(body, inputShape, head, classes.length);
  const fitted = await fitHead(net.head, head, table, options);
  const made = performance.now();
  return {
    model: { ...model, net, head, preprocessing },
    ...{ classes, reader, width: table.width, fitted },
    seconds: { features: (embedded - begun) / 1000, head: (made - embedded) / 1000 },
  };
}

function settingsOf(options: HeadOptions, { rows, width }: FeatureTable): HeadSettings {
  const { head = "linear", layer, metric = "cosine", sources = [] } = options;
  const { k = head === "knn" ? 5 : 1 } = options;
  if (head === "classifier") return { kind: head, outputs: width, sources };
  const at = layer === undefined ? {} : { layer };
  if (head === "linear") return { kind: head, ...at };
  if (k > rows) {
    throw new ConvkitError(head, `${k} neighbours of ${rows} pictures — give a smaller k`);
  }
  return { kind: head, k, metric, pictures: rows, ...at };
}

/** The model's own numbers, over pictures that were brought to its size as the data's were. */
function preparation({ preprocessing, architecture }: TrainedModel, data: Dataset): Preprocessing {
  if (preprocessing) return { ...preprocessing, fit: data.fit, cropPct: data.cropPct };
  throw new ConvkitError(
    "transfer",
    `nothing says how pictures are prepared for ${architecture} — give channels, scale, mean and std ` +
      `(--channels rgb --scale 1/255 …), or a file ${architecture}.preprocessing.json beside it`,
  );
}

/** The pictures of one class, as the only one. */
function onlyClass(table: FeatureTable, name: string): FeatureTable {
  const label = table.classes.indexOf(name);
  if (label < 0) {
    throw new ConvkitError(
      "transfer",
      `the data has no class "${name}" — it has ${table.classes.join(", ")}`,
    );
  }
  const rows = Array.from({ length: table.rows }, (_, i) => i).filter(
    (i) => table.labels[i] === label,
  );
  const features = new Float32Array(rows.length * table.width);
  for (const [to, from] of rows.entries()) features.set(rowOf(table, from), to * table.width);
  const pictures = rows.filter((i) => i < table.pictures).length;
  return {
    ...table,
    features,
    rows: rows.length,
    labels: new Int32Array(rows.length),
    classes: [name],
    pictures,
  };
}
