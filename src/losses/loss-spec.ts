/**
 * What a loss's file says of the loss: its entry in the catalogue, and samples on which every generic test runs. It is
 * an export of its own beside the loss, `huberSpec`, so that a bundle leaves it out.
 */
import type { CatalogEntry } from "../core/catalog.ts";
import type { SampleInput } from "../graph/op.ts";
import type { Tensor } from "../graph/tensor.ts";
import type { Reduction } from "./reduction.ts";

export interface LossSpec extends CatalogEntry {
  /** Lists within the list are taken apart: spread here, they would keep the spec in bundles. */
  readonly samples: readonly (LossSample | readonly LossSample[])[];
}

export interface LossSample {
  /** Told from the loss's other samples by it. */
  readonly name: string;
  /** Shapes without the batch axis, unless `static`; values are drawn uniformly from [low, high], [−1, 1] by default. */
  readonly inputs: readonly SampleInput[];
  readonly run: (...inputs: Tensor[]) => Tensor;
  /** In the golden script: a function of the inputs. */
  readonly torch: string;
  /** Numbers of the inputs to differentiate by; all floats by default. PyTorch takes some targets as constants. */
  readonly gradients?: readonly number[];
  /** Error of the wasm backend allowed, where it is more than 1e-5 of the largest element, and why. */
  readonly tolerance?: { readonly error: number; readonly because: string };
}

/** A sample for each reduction. */
export const eachReduction = (make: (reduction: Reduction) => LossSample): LossSample[] =>
  (["mean", "sum", "none"] as const).map((reduction) => {
    const sample = make(reduction);
    return { ...sample, name: `${sample.name}, ${reduction}` };
  });

/** Logits that overflow a careless formula, one for each of the five images of the golden runs. */
export const extremes: readonly number[] = [100, -100, 1e4, -1e4, 0];
