/**
 * What stands on a network's features N×F in place of its own classifier. Plain data, so that a model file keeps them:
 *
 *   linear      a score a class, x·Wᵀ + b
 *   classifier  the network's own classifier, of whose classes some stand for the new ones: its scores instead of its features
 *   knn         the shares of the classes among the k nearest training pictures (Cover and Hart 1967)
 *   one-class   for each class the mean distance to the k nearest of its own training pictures, which is held against the class's
 *               threshold (Tax and Duin 1998, "Outlier detection using classifier instability": nearest neighbours as a description)
 *
 * The last two hold the features of the training pictures as buffers; their shares are given as logits.
 */
import { ConvkitError } from "../../core/error.ts";

/** cosine: 1 − x·y/(‖x‖‖y‖); euclidean: ‖x − y‖. */
export type DistanceMetric = "cosine" | "euclidean";

export interface LinearHead {
  readonly kind: "linear";
}

export interface ClassifierHead {
  readonly kind: "classifier";
  /** How many classes the network's own classifier has. */
  readonly outputs: number;
  /** For each new class the numbers of those that stand for it: their probabilities together are its own. */
  readonly sources: readonly (readonly number[])[];
}

export interface NeighbourHead {
  readonly kind: "knn" | "one-class";
  readonly k: number;
  readonly metric: DistanceMetric;
  /** How many training pictures it holds. */
  readonly pictures: number;
}

export type HeadSettings = (LinearHead | ClassifierHead | NeighbourHead) & {
  /** The path of the layer whose pooled output is read; the network's own features when left out. */
  readonly layer?: string;
};

export type HeadKind = HeadSettings["kind"];
export const headKinds: readonly HeadKind[] = ["linear", "classifier", "knn", "one-class"];

/** From the text in a model file. Throws for what no version of convkit wrote. */
export function parseHeadSettings(text: string, file: string): HeadSettings {
  const fail = (cause?: unknown): never => {
    const fact = `its head is ${text.length > 60 ? `${text.slice(0, 57)}…` : text}`;
    throw new ConvkitError("model", `${file}: ${fact} — use a model file that convkit saved`, {
      cause,
    });
  };
  let head: Partial<Record<string, unknown>>;
  try {
    head = JSON.parse(text) ?? {};
  } catch (cause) {
    return fail(cause);
  }
  const { kind, layer, k, pictures, metric, outputs, sources } = head;
  const isWhole = (n: unknown, least: number) => Number.isSafeInteger(n) && (n as number) >= least;
  const isList = (list: unknown) =>
    Array.isArray(list) && list.every((n) => isWhole(n, 0) && n < (outputs as number));
  const isSound =
    kind === "linear" ||
    (kind === "classifier" &&
      isWhole(outputs, 1) &&
      Array.isArray(sources) &&
      sources.every(isList)) ||
    ((kind === "knn" || kind === "one-class") &&
      isWhole(k, 1) &&
      isWhole(pictures, 1) &&
      (metric === "cosine" || metric === "euclidean"));
  if (!isSound || (layer !== undefined && typeof layer !== "string")) return fail();
  return head as unknown as HeadSettings;
}
