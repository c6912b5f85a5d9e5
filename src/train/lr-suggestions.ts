/**
 * Learning rates to be read off the curve of a range test, as fastai does: the first tenth of the steps and the last five are
 * left out, where the smoothed loss has not settled, or rises steeply. Unlike fastai's, the steepest fall is one before the
 * least loss: after it, a smoothed loss also falls when it recovers from a single bad step.
 */
import { ConvkitError } from "../core/error.ts";

export interface LrSuggestions {
  /** The one to take: `valley`. */
  readonly suggestion: number;
  /** Half of the way through the middle third of the longest fall. */
  readonly valley: number;
  /** Where, before its least, the loss falls fastest over the logarithm of the rate. */
  readonly steepest: number;
  /** A tenth of the rate with the least loss. */
  readonly minimum: number;
}

/** `steps` is how many there would have been, had the loss not ended the test. */
export function suggestRates(
  rates: readonly number[],
  smoothed: readonly number[],
  steps: number,
): LrSuggestions {
  const settled = Math.floor(steps / 10);
  const [lr, loss] = [rates, smoothed].map((values) => values.slice(settled, -5));
  if (lr.length < 3) {
    throw new ConvkitError(
      "lrFind",
      `the loss was lost after ${rates.length} steps, at a rate of ${rates.at(-1) ?? "the start"} — start with a ` +
        "smaller rate, take more steps, or look at the data",
    );
  }
  const least = loss.indexOf(Math.min(...loss));
  const slopes = loss
    .slice(1, Math.max(least, 1) + 1)
    .map((value, i) => (value - loss[i]) / (Math.log(lr[i + 1]) - Math.log(lr[i])));
  const valley = lr[valleyOf(loss)];
  return {
    suggestion: valley,
    valley,
    steepest: lr[slopes.indexOf(Math.min(...slopes))],
    minimum: lr[least] / 10,
  };
}

/**
 * A place in the longest falling subsequence, as if its elements were neighbours that end where it ends: half a third into
 * its middle third.
 */
function valleyOf(loss: readonly number[]): number {
  // Length of the longest fall that ends at each place.
  const lengths: number[] = [];
  for (const value of loss) {
    const before = lengths.filter((_, j) => loss[j] > value);
    lengths.push(1 + Math.max(0, ...before));
  }
  const end = lengths.indexOf(Math.max(...lengths));
  const third = lengths[end] / 3;
  return Math.max(0, end - lengths[end] + Math.floor(third) + Math.floor(third / 2));
}
