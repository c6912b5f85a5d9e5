/**
 * A frozen body and a head that is made from the features of the training pictures: a linear probe (Alain and Bengio 2016,
 * arXiv:1610.01644), the k nearest neighbours, or a one-class decision by distance. Each picture goes through the body once.
 */
import type { DatasetPair } from "../../data/index.ts";
import { accuracy } from "../../metrics/accuracy.ts";
import { confusionMatrix } from "../../metrics/confusion-matrix.ts";
import { logLoss } from "../../metrics/log-loss.ts";
import { rocAuc } from "../../metrics/roc-auc.ts";
import { compile, type Device } from "../../tensor/index.ts";
import { Classifier } from "../classifier.ts";
import type { ModelCard } from "../model-card.ts";
import { embed } from "./embed.ts";
import type { FeatureTable } from "./feature-table.ts";
import type { TransferNetwork } from "./transfer-network.ts";
import { type HeadOptions, type TrainedModel, type WithHead, withHead } from "./with-head.ts";

export interface Probe extends Pick<WithHead, "fitted" | "width" | "seconds"> {
  /** The body and the head as one network. */
  readonly classifier: Classifier;
  readonly test: ProbeResult;
}

export interface ProbeResult {
  readonly accuracy: number;
  readonly loss: number;
  /** Row: the true class; column: the predicted one. One-class has a column, and an empty row, for none. */
  readonly confusion: readonly (readonly number[])[];
  /** Of one-class, with several classes: the accuracy of the nearest class, however far it is. */
  readonly nearest?: number;
  /** Of one-class: each class's area under the ROC curve, its own test pictures against all others, by distance. */
  readonly rocAuc?: readonly number[];
}

/** Takes `model.net` over, see `withHead`, and tests on the data's test part. */
export async function probe(
  model: TrainedModel,
  data: DatasetPair,
  options: HeadOptions,
): Promise<Probe> {
  const { device, seed, onProgress } = options;
  const { model: made, classes, reader, ...facts } = await withHead(model, data.train, options);
  const { net, head, preprocessing, architecture, inputShape, structure } = made;
  const card: ModelCard = {
    ...{ architecture, inputShape, classes, preprocessing, head, loss: "crossEntropy" },
    ...(structure && { structure }),
  };
  const tested = await embed(reader, data.test, { device, preprocessing, seed, onProgress });
  return {
    ...{ ...facts, classifier: new Classifier(net, card, device) },
    test: await judge(net, tested, classes, device),
  };
}

/** The head on the features of the test pictures, which went through the body already. */
async function judge(
  { head, settings }: TransferNetwork,
  table: FeatureTable,
  classes: readonly string[],
  device: Device,
): Promise<ProbeResult> {
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
