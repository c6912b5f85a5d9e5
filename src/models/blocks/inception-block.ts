/** Branches over one input, their channels joined (Szegedy et al. 2014, arXiv:1409.4842, figure 2). */

import type { Layers } from "../../nn/structure/named-layers.ts";
import { Parallel } from "../../nn/structure/parallel.ts";

class InceptionBlock extends Parallel {
  override get kind(): string {
    return "inception";
  }
}

/** N×C×H×W → N×(sum of the branches' channels)×H′×W′. */
export const inceptionBlock = (branches: Layers): Parallel => new InceptionBlock(branches, {});
