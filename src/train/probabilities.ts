/** From the scores of a picture to probabilities. */
import type { ModelCard } from "./model-card.ts";

/** Softmax of logits; outputs of a squared error, or of a softmax of the network's own, are shares already. */
export function probabilitiesOf(
  scores: ArrayLike<number>,
  { loss, probabilities }: Pick<ModelCard, "loss" | "probabilities">,
): number[] {
  const values = Array.from(scores);
  const largest = values.reduce((a, b) => Math.max(a, b), Number.NEGATIVE_INFINITY);
  const parts =
    loss === "squaredError" || probabilities
      ? values.map((value) => Math.max(value, 0))
      : values.map((value) => Math.exp(value - largest));
  const sum = parts.reduce((a, b) => a + b, 0) || 1;
  return parts.map((part) => part / sum);
}
