/** What LARS and LAMB share: the length of a step in proportion to the length of the layer's weights. */
import type { Tensor } from "../graph/tensor.ts";
import type { Parameter } from "../tensor/parameter.ts";

export interface Adaptation {
  /** Which parameters take steps in proportion to their norm; by default those of rank 2 or more. */
  readonly adapt?: (parameter: Parameter) => boolean;
}

export const weightsOnly = ({ shape }: Parameter): boolean => shape.length >= 2;

export const norm = (x: Tensor): Tensor => x.square().sum().sqrt();

/** a/b of two norms; 1 while the weights or the step are all 0. */
export function trustRatio(weights: Tensor, step: Tensor, a: Tensor, b: Tensor): Tensor {
  const { builder } = a;
  const sound = builder.apply("and", [weights.gt(0), step.gt(0)]);
  return sound.where(a.div(sound.where(b, 1)), 1);
}
