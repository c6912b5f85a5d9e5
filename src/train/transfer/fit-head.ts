/** Puts into a head what the features of the training pictures tell, all at once: nothing of it is a matter of epochs. */
import type { Module } from "../../nn/module.ts";
import { namedStates } from "../../nn/parameters.ts";
import type { Device } from "../../tensor/index.ts";
import { type FeatureTable, rootMeanSquare } from "./feature-table.ts";
import type { HeadSettings, NeighbourHead } from "./head-settings.ts";
import {
  type LinearClassifier,
  logisticRegression,
  REGULARIZATION,
} from "./logistic-regression.ts";
import { leaveOneOutDistances, quantile } from "./neighbours.ts";

export interface FitOptions {
  readonly device: Device;
  /** Of a linear head, for features whose mean square is 1; chosen by cross-validation when left out. */
  readonly C?: number;
  readonly classWeights?: readonly number[];
  /** Of the cross-validation's parts; 0 by default. */
  readonly seed?: number;
  /** Of one-class: the share of a class's own training pictures that lie within its threshold; 0.95 by default. */
  readonly quantile?: number;
}

/** What came of it, for people. */
export type Fitted =
  | ({ readonly kind: "linear" } & Pick<LinearClassifier, "C" | "tried">)
  | { readonly kind: "knn" | "classifier" }
  | { readonly kind: "one-class"; readonly thresholds: readonly number[] };

/** `head` is one that `makeHead` gave, whose states are there. */
export async function fitHead(
  head: Module,
  settings: HeadSettings,
  table: FeatureTable,
  options: FitOptions,
): Promise<Fitted> {
  if (settings.kind === "classifier") return { kind: "classifier" };
  const states = new Map(namedStates(head));
  const write = (name: string, values: ArrayLike<number>): void =>
    states.get(name)?.parameter.write(values);
  if (settings.kind === "linear") {
    const { device, C = REGULARIZATION, classWeights, seed } = options;
    const scale = 1 / rootMeanSquare(table);
    const scaled = { ...table, features: table.features.map((value) => value * scale) };
    const found = await logisticRegression(scaled, { device, C, classWeights, seed });
    write(
      "weight",
      found.weight.map((value) => value * scale),
    );
    write("bias", found.bias);
    return { kind: "linear", C: found.C, tried: found.tried };
  }
  write("features", table.features);
  write("labels", table.labels);
  if (settings.kind === "knn") return { kind: "knn" };
  const thresholds = thresholdsOf(table, settings, options.quantile ?? 0.95);
  write("thresholds", thresholds);
  return { kind: "one-class", thresholds };
}

/** The k·views nearest rows of other pictures of the class, at the quantile over its pictures. */
const thresholdsOf = (table: FeatureTable, settings: NeighbourHead, share: number): number[] =>
  table.classes.map((_, label) => quantile(leaveOneOutDistances(table, label, settings), share));
