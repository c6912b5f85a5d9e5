/** What a prediction needs to know beside the network; it travels in the metadata of `model.safetensors`. */
import type { ModelStructure } from "../formats/imported-model.ts";
import type { Preprocessing } from "../image/preprocessing.ts";
import type { Stem } from "../models/model.ts";
import type { LossName } from "./loss.ts";
import type { HeadSettings } from "./transfer/head-settings.ts";

/** A network of the user's own goes by this name; a file of it can only be loaded into one. */
export const CUSTOM = "custom";

/** What a one-class head answers when a picture is too far from every class; the last of its classes. */
export const NONE = "none of them";

export interface ModelCard {
  readonly architecture: string;
  /** C×H×W of one picture. */
  readonly inputShape: readonly number[];
  readonly classes: readonly string[];
  readonly preprocessing: Preprocessing;
  /** Tells how scores become probabilities. */
  readonly loss: LossName | typeof CUSTOM;
  /** First layers that were chosen for it; by its pictures' size when left out. */
  readonly stem?: Stem;
  /** Of an imported network: the file without weights that it is made from again. */
  readonly structure?: ModelStructure;
  /** What stands on the network's features in place of its own classifier. */
  readonly head?: HeadSettings;
  /** True for a network that ends in a softmax itself. */
  readonly probabilities?: boolean;
  /** "segmentation" gives each pixel a class; by default a picture has one. */
  readonly task?: "segmentation";
}
