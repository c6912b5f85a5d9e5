/** The heads that `head-settings.ts` describes, as modules on features N×F. */
import type { Tensor } from "../../graph/tensor.ts";
import { zeros } from "../../nn/init/constant.ts";
import { linear } from "../../nn/linear/linear.ts";
import { Module } from "../../nn/module.ts";
import { argmin } from "../../ops/argmin.ts";
import { sort } from "../../ops/sort.ts";
import type {
  ClassifierHead,
  DistanceMetric,
  HeadSettings,
  NeighbourHead,
} from "./head-settings.ts";

/** N×F → logits N×classes; that of kind "classifier" is given the network's scores instead of its features. */
export function makeHead(settings: HeadSettings, classes: number): Module {
  if (settings.kind === "classifier") return new ChosenClasses(settings.sources);
  if (settings.kind === "knn") return new NearestNeighbours(settings, classes);
  if (settings.kind === "one-class") return new OneClass(settings, classes - 1);
  // Scores of 0 to begin with: until the head has learnt something, nothing is asked of the body.
  return linear(classes, { weightInit: zeros(), biasInit: zeros() });
}

/** Logits of classes that several of the network's own stand for: log Σ exp over these. */
class ChosenClasses extends Module {
  readonly sources: ClassifierHead["sources"];

  constructor(sources: ClassifierHead["sources"]) {
    super();
    this.sources = sources;
  }

  override get kind(): string {
    return "chosenClasses";
  }

  forward(scores: Tensor): Tensor {
    const { builder } = scores;
    const concat = (columns: Tensor[]) => builder.apply("concat", columns, { axis: 1 });
    return concat(
      this.sources.map((sources) => {
        const own = concat(sources.map((source) => scores.slice(1, source, source + 1)));
        if (sources.length === 1) return own;
        const largest = builder.apply("stopGradient", [own.amax(1, true)]);
        return own.sub(largest).exp().sum(1, true).log().add(largest);
      }),
    );
  }
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
