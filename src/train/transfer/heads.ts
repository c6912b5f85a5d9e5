/**
 * What stands on a network's features N×F in place of its own classifier. Plain data, so that a model file keeps them:
 *
 *   linear      a score a class, x·Wᵀ + b
 *   knn         the shares of the classes among the k nearest training pictures (Cover and Hart 1967)
 *   one-class   for each class the mean distance to the k nearest of its own training pictures, which is held against the class's
 *               threshold (Tax and Duin 1998, "Outlier detection using classifier instability": nearest neighbours as a description)
 *
 * The last two hold the features of the training pictures as buffers, and give shares instead of logits.
 */
import type { Tensor } from "../../graph/tensor.ts";
import { zeros } from "../../nn/init/constant.ts";
import { linear } from "../../nn/linear/linear.ts";
import { Module } from "../../nn/module.ts";
import { argmin } from "../../ops/argmin.ts";
import { sort } from "../../ops/sort.ts";

/** cosine: 1 − x·y/(‖x‖‖y‖); euclidean: ‖x − y‖. */
export type DistanceMetric = "cosine" | "euclidean";

export interface LinearHead {
  readonly kind: "linear";
}

export interface NeighbourHead {
  readonly kind: "knn" | "one-class";
  readonly k: number;
  readonly metric: DistanceMetric;
  /** How many training pictures it holds. */
  readonly pictures: number;
}

export type HeadSettings = (LinearHead | NeighbourHead) & {
  /** The path of the layer whose pooled output is read; the network's own features when left out. */
  readonly layer?: string;
};

export type HeadKind = HeadSettings["kind"];
export const headKinds: readonly HeadKind[] = ["linear", "knn", "one-class"];

/** What a one-class head answers when a picture is too far from every class; the last of its classes. */
export const NONE = "none of them";

/** N×F → logits N×classes. */
export function makeHead(settings: HeadSettings, classes: number): Module {
  if (settings.kind === "knn") return new NearestNeighbours(settings, classes);
  if (settings.kind === "one-class") return new OneClass(settings, classes - 1);
  // Scores of 0 to begin with: until the head has learnt something, nothing is asked of the body.
  return linear(classes, { weightInit: zeros(), biasInit: zeros() });
}

/** Under this a share counts as none; it keeps logits finite. */
const LEAST_SHARE = 1e-6;

/** A head that holds the training pictures' features M×F and classes M. */
abstract class Neighbours extends Module {
  readonly settings: NeighbourHead;
  readonly classes: number;

  constructor(settings: NeighbourHead, classes: number) {
    super();
    this.settings = settings;
    this.classes = classes;
  }

  override get kind(): string {
    return this.settings.kind;
  }

  /** Of N×F to the training pictures N×M, and the labels M of these. */
  protected distances(x: Tensor): { distances: Tensor; labels: Tensor } {
    const { pictures, metric } = this.settings;
    const features = this.buffer("features", [pictures, x.shape[1]], zeros());
    const labels = this.buffer("labels", [pictures], zeros(), { dtype: "i32" });
    return { distances: distancesBetween(x, features, metric), labels };
  }
}

class NearestNeighbours extends Neighbours {
  forward(x: Tensor): Tensor {
    const { distances, labels } = this.distances(x);
    const [n, m] = distances.shape;
    const { k } = this.settings;
    const keys = distances.reshape(n, 1, m);
    const carried = keys.mul(0).add(labels.to("f32"));
    const columns = x.builder.apply("concat", [keys, carried], { axis: 1 });
    const nearest = smallest(columns, k).slice(1, 1).reshape(n, k).to("i32");
    const shares = x.builder.apply("oneHot", [nearest], { classes: this.classes }).mean(1);
    return shares.maximum(LEAST_SHARE).log();
  }
}

class OneClass extends Neighbours {
  forward(x: Tensor): Tensor {
    const { distances, labels } = this.distances(x);
    const { builder } = x;
    const [n, m] = distances.shape;
    const { k } = this.settings;
    const isOwn = builder.apply("oneHot", [labels], { classes: this.classes }).transpose(1, 0);
    const own = isOwn
      .gt(0)
      .where(distances.reshape(n, 1, m), FAR)
      .reshape(n, this.classes, 1, m);
    const means = smallest(own, k).mean([2, 3]);
    const thresholds = this.buffer("thresholds", [this.classes], zeros());
    const nearest = builder.apply("oneHot", [builder.apply(argmin, [means], { axis: 1 })], {
      classes: this.classes,
    });
    const limit = nearest.mul(thresholds).sum(1, true);
    const all = builder.apply("concat", [means, limit], { axis: 1 });
    return all.maximum(LEAST_SHARE).log().neg();
  }
}

/** Farther than anything. */
const FAR = 1e30;

/** The k columns of …×R×P with the smallest keys. */
const smallest = (columns: Tensor, k: number): Tensor =>
  columns.builder.apply(sort, [columns]).slice(-1, 0, k);

/** N×F and M×F → N×M. */
function distancesBetween(x: Tensor, y: Tensor, metric: DistanceMetric): Tensor {
  const { builder } = x;
  if (metric === "cosine") return builder.apply("linear", [unit(x), unit(y)]).rsub(1);
  const products = builder.apply("linear", [x, y]).mul(2);
  const squares = x.square().sum(1, true).add(y.square().sum(1)).sub(products);
  return squares.maximum(0).sqrt();
}

const unit = (x: Tensor): Tensor => x.div(x.square().sum(1, true).sqrt().maximum(1e-12));
