/**
 * What an initialiser's file says of it: its entry in the catalogue, and samples with the moments and bounds that the
 * drawn values must have. An export of its own, `orthogonalSpec`, so that a bundle leaves it out.
 */
import type { CatalogEntry } from "../../core/catalog.ts";
import type { Shape } from "../../core/shape.ts";
import type { Init } from "./initializer.ts";

export interface InitSpec extends CatalogEntry {
  readonly samples: readonly InitSample[];
}

export interface InitSample {
  readonly init: Init;
  readonly shape: Shape;
  readonly mean: number;
  /** Of all values together. */
  readonly std: number;
  /** No value lies outside. */
  readonly low?: number;
  readonly high?: number;
}
