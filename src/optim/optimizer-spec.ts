/**
 * What an optimiser's file says of it: its entry in the catalogue, and samples that run against PyTorch's trajectories
 * and on every backend. An export of its own beside the optimiser, `lionSpec`, so that a bundle leaves it out.
 */
import type { CatalogEntry } from "../core/catalog.ts";
import type { ClipOptions } from "./clip.ts";
import type { Optimizer } from "./optimizer.ts";

export interface OptimizerSpec extends CatalogEntry {
  readonly samples: readonly OptimizerSample[];
}

export interface OptimizerSample {
  /** Told from the optimiser's other samples by it. */
  readonly name: string;
  readonly make: () => Optimizer;
  /** In golden/make_goldens.py: an optimiser of `params`, the weight and the bias; papers' own are in papers.py. */
  readonly torch: string;
  readonly clip?: ClipOptions;
}
