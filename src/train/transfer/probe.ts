/**
 * A frozen body and a head that is made from the features of the training pictures: a linear probe (Alain and Bengio 2016,
 * arXiv:1610.01644), the k nearest neighbours, or a one-class decision by distance. Each picture goes through the body once.
 */
import type { TransformSettings } from "../../augment/settings.ts";
import { ConvkitError } from "../../core/error.ts";
import type { Shape } from "../../core/shape.ts";
import type { DatasetPair } from "../../data/index.ts";
import { accuracy } from "../../metrics/accuracy.ts";
import { confusionMatrix } from "../../metrics/confusion-matrix.ts";
import { logLoss } from "../../metrics/log-loss.ts";
import { rocAuc } from "../../metrics/roc-auc.ts";
import { graphModule } from "../../nn/conversion/graph-module.ts";
import { compile, type Device } from "../../tensor/index.ts";
import { Classifier } from "../classifier.ts";
import type { NamedNetwork } from "../made-network.ts";
import type { ModelCard } from "../model-card.ts";
import { type EmbedOptions, embed } from "./embed.ts";
import { type FeatureTable, rowOf } from "./feature-table.ts";
import { featureExtractor } from "./features.ts";
import { type FitOptions, type Fitted, fitHead } from "./fit-head.ts";
import { type DistanceMetric, type HeadKind, type HeadSettings, NONE } from "./head-settings.ts";
import { type TransferNetwork, transferNetwork } from "./transfer-network.ts";

/** What `openModel` gives: a network that has learnt something. */
export interface ProbedModel extends NamedNetwork {
  /** C×H×W. */
  readonly inputShape: Shape;
}

export interface ProbeOptions extends Omit<FitOptions, "device"> {
  readonly device: Device;
  /** "linear" by default. */
  readonly head?: HeadKind;
  /** The layer whose pooled output is read; the network's features when left out. */
  readonly layer?: string;
  /** Of "classifier": the network's classes that stand for each class of the data, see `parseClassMap`. */
  readonly sources?: readonly (readonly number[])[];
  /** Neighbours: 5 by default. */
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

export interface Probe {
  /** The body and the head as one network. */
  readonly classifier: Classifier;
  readonly settings: HeadSettings;
  readonly fitted: Fitted;
  readonly width: number;
  readonly test: TestResult;
  /** Of pictures through the body, and of making the head. */
  readonly seconds: { readonly features: number; readonly head: number };
}

export interface TestResult {
  readonly accuracy: number;
  readonly loss: number;
  /** Row: the true class; column: the predicted one. One-class has a column, and an empty row, for none. */
  readonly confusion: readonly (readonly number[])[];
  /** Of one-class, with several classes: the accuracy of the nearest class, however far it is. */
  readonly nearest?: number;
  /** Of one-class: each class's area under the ROC curve, its own test pictures against all others, by distance. */
  readonly rocAuc?: readonly number[];
}

/** Takes `model.net` over. Throws where data and model do not go together, and for a head that the data cannot make. */
export async function probe(
  model: ProbedModel,
  data: DatasetPair,
  options: ProbeOptions,
): Promise<Probe> {
  const { device, layer, views, augmentation, seed, only, onProgress } = options;
  const { net: body, inputShape, architecture, structure } = model;
  const preprocessing = preparation(model, data);
  const isClassifier = options.head === "classifier";
  const reader = isClassifier
    ? graphModule(body, inputShape)
    : featureExtractor(body, inputShape, { layer });
  const how = { device, preprocessing, seed, onProgress };
  const begun = performance.now();
  const whole = await embed(reader, data.train, { ...how, views, augmentation });
  const table = only === undefined ? whole : onlyClass(whole, only);
  const embedded = performance.now();

  const settings = settingsOf(options, table);
  const classes = settings.kind === "one-class" ? [...table.classes, NONE] : table.classes;
  const net = transferNetwork(body, inputShape, settings, classes.length);
  const fitted = await fitHead(net.head, settings, table, options);
  const made = performance.now();

  const card: ModelCard = {
    ...{ architecture, inputShape, classes, preprocessing, loss: "crossEntropy" },
    ...(structure && { structure }),
    head: settings,
  };
  const tested = await embed(reader, data.test, how);
  return {
    ...{ classifier: new Classifier(net, card, device), settings, fitted, width: table.width },
    test: await judge(net, tested, classes, device),
    seconds: { features: (embedded - begun) / 1000, head: (made - embedded) / 1000 },
  };
}

function settingsOf(options: ProbeOptions, { rows, width }: FeatureTable): HeadSettings {
  const { head = "linear", layer, k = 5, metric = "cosine", sources = [] } = options;
  if (head === "classifier") return { kind: head, outputs: width, sources };
  const at = layer === undefined ? {} : { layer };
  return head === "linear"
    ? { kind: head, ...at }
    : { kind: head, k, metric, pictures: rows, ...at };
}

/** The model's own numbers, over pictures that were brought to its size as the data's were. */
function preparation({ preprocessing, architecture }: ProbedModel, { train }: DatasetPair) {
  if (preprocessing) return { ...preprocessing, fit: train.fit, cropPct: train.cropPct };
  throw new ConvkitError(
    "probe",
    `nothing says how pictures are prepared for ${architecture} — give channels, scale, mean and std ` +
      `(--channels rgb --scale 1/255 …), or a file ${architecture}.preprocessing.json beside it`,
  );
}

/** The pictures of one class, as the only one. */
function onlyClass(table: FeatureTable, name: string): FeatureTable {
  const label = table.classes.indexOf(name);
  if (label < 0) {
    throw new ConvkitError(
      "probe",
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

/** The head on the features of the test pictures, which went through the body already. */
async function judge(
  { head, settings }: TransferNetwork,
  table: FeatureTable,
  classes: readonly string[],
  device: Device,
): Promise<TestResult> {
  const { rows, width, features } = table;
  const run = compile((x) => head.call(x, { training: false }), { device });
  const { data: scores } = await run({ shape: [rows, width], dtype: "f32", data: features });
  run.dispose();
  const count = classes.length;
  // Pictures of classes that the head does not know are rightly none of them.
  const labels = table.labels.map((label) => {
    const own = classes.indexOf(table.classes[label]);
    return own < 0 ? count - 1 : own;
  });
  const hits = accuracy();
  const confusion = confusionMatrix(count);
  const loss = logLoss({ classes: count, from: "logits" });
  for (const measure of [hits, confusion, loss]) measure.update(scores, labels);
  const results = { accuracy: hits.value, loss: loss.value, confusion: confusion.value };
  if (settings.kind !== "one-class") return results;
  const known = count - 1;
  const column = (c: number) => Float32Array.from(labels, (_, i) => scores[i * count + c]);
  return {
    ...results,
    ...(known > 1 && { nearest: nearestAccuracy(scores, labels, count) }),
    rocAuc: Array.from({ length: known }, (_, c) => {
      const area = rocAuc();
      area.update(
        column(c),
        labels.map((label) => Number(label === c)),
      );
      return area.value;
    }),
  };
}

/** With the nearest class as the answer however far it is. */
function nearestAccuracy(scores: ArrayLike<number>, labels: Int32Array, count: number): number {
  const hits = accuracy();
  const known = Float32Array.from(
    { length: labels.length * (count - 1) },
    (_, i) => scores[Math.floor(i / (count - 1)) * count + (i % (count - 1))],
  );
  hits.update(known, labels);
  return hits.value;
}
