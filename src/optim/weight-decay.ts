/** The two ways of weight decay λ. */
import type { Tensor } from "../graph/tensor.ts";
import type { Step } from "./optimizer.ts";

/** g + λ·p: the gradient of the loss with the penalty λ/2·‖p‖². */
export const penalized = ({ p, g, weightDecay }: Step): Tensor =>
  weightDecay === 0 ? g : g.add(p.mul(weightDecay));

/** p − lr·λ·p: decoupled from the gradient (Loshchilov and Hutter 2017, arXiv:1711.05101). */
export const shrunk = ({ p, lr, weightDecay }: Step): Tensor =>
  weightDecay === 0 ? p : p.mul(lr.mul(weightDecay).rsub(1));
