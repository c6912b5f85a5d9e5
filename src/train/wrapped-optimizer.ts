/** An optimiser with rates by layer, and wrapped in what is asked for. Loaded by trainings that ask for any of it. */
import type { AnyModule } from "../nn/module.ts";
import { accumulate } from "../optim/accumulate.ts";
import { lookahead } from "../optim/lookahead.ts";
import type { Optimizer } from "../optim/optimizer.ts";
import { sam } from "../optim/sam.ts";
import { layerRates } from "./layer-rates.ts";
import type { TrainOptions } from "./options.ts";

export interface Wrapping
  extends Pick<
    TrainOptions,
    "decay" | "groups" | "layerDecay" | "lookahead" | "sam" | "accumulate"
  > {}

export function wrappedOptimizer(
  optimizer: Optimizer,
  net: AnyModule,
  { lookahead: slow, sam: sharp, accumulate: batches = 1, ...rates }: Wrapping,
): Optimizer {
  let made = layerRates(optimizer, net, rates);
  if (slow) made = lookahead(made, slow === true ? {} : slow);
  if (sharp !== undefined) made = sam(made, typeof sharp === "number" ? { rho: sharp } : sharp);
  return batches === 1 ? made : accumulate(made, batches);
}
