/**
 * Sharpness-aware minimisation (Foret et al. 2020, arXiv:2010.01412, algorithm 1) over any optimiser: it steps with
 * the gradient at the worst point near the weights,
 *
 *     ĝ = ∇L(p);   ε = ρ·ĝ/‖ĝ‖;   g = ∇L(p + ε);   the optimiser's step from p with g
 *
 * Adaptive (ASAM; Kwon et al. 2021, arXiv:2102.11600, algorithm 1) measures nearness in proportion to the weights:
 * ε = ρ·T²·ĝ/‖T·ĝ‖ with T = |p| + η. Norms are over all parameters together.
 */
import { grad } from "../autodiff/grad.ts";
import { ConvkitError } from "../core/error.ts";
import type { Tensor } from "../graph/tensor.ts";
import { withoutUpdates } from "../nn/pending-updates.ts";
import type { Parameter } from "../tensor/parameter.ts";
import { type ClipOptions, globalNorm } from "./clip.ts";
import {
  type AnyRule,
  type Loss,
  Optimizer,
  type OptimizerOptions,
  type StepResult,
  trainedOf,
} from "./optimizer.ts";
import type { OptimizerSpec } from "./optimizer-spec.ts";
import { sgd } from "./sgd.ts";

export interface SamOptions {
  /** 0.05 by default. */
  readonly rho?: number;
  /** False by default. */
  readonly adaptive?: boolean;
  /** η of the adaptive form; 0.01 by default. */
  readonly eta?: number;
}

export class Sam extends Optimizer {
  readonly #options: OptimizerOptions & SamOptions & { readonly lr: number };

  constructor(rule: AnyRule, options: OptimizerOptions & SamOptions & { readonly lr: number }) {
    super(rule, options);
    const { rho = 0.05 } = options;
    if (!(rho >= 0)) throw new ConvkitError("sam", `rho is ${rho}, expected 0 or more`);
    this.#options = options;
  }

  override over(rule: AnyRule, more: object): Sam {
    return new Sam(rule, { ...this.#options, ...more });
  }

  /** `lossAt` is called at p and at p + ε. Running statistics follow the first pass alone. */
  override step(lossAt: Loss, params: readonly Parameter[], options: ClipOptions = {}): StepResult {
    if (typeof lossAt !== "function") {
      throw new ConvkitError(
        "sam",
        "the loss is needed at two places — give step a function that makes it, () => loss",
      );
    }
    const { rho = 0.05, adaptive = false, eta = 0.01, maximize } = this.#options;
    const loss = lossAt();
    const { builder } = loss;
    const trained = trainedOf("sam", params);
    const read = () => trained.map((parameter) => builder.state(parameter));
    const objective = (value: Tensor) => (maximize ? value.neg() : value);
    const before = read();
    const first = grad(objective(loss), before);
    const nearness = before.map((p) => (adaptive ? p.abs().add(eta) : undefined));
    const scaled = first.map((g, i) => nearness[i]?.mul(g) ?? g);
    const factor = builder.constant(rho).div(globalNorm(scaled).add(1e-12));
    for (const [i, parameter] of trained.entries()) {
      const epsilon = (nearness[i]?.mul(scaled[i]) ?? scaled[i]).mul(factor);
      const moved = before[i].add(epsilon);
      builder.update(parameter, builder.apply("stopGradient", [moved]));
    }
    const worst = withoutUpdates(builder, lossAt);
    const gradients = grad(objective(worst), read());
    // Both passes have to be sound.
    const both = loss.mul(0).add(worst);
    return { ...this.apply(both, trained, before, gradients, options), loss };
  }
}

/**
 * `sam(sgd({ lr: 0.1, momentum: 0.9 }))`, for `train`, or for a step of one's own: `step(() => loss, parameters(net))`.
 * States are kept under `sam.`.
 */
export function sam(optimizer: Optimizer, options: SamOptions = {}): Sam {
  const { rule, name: inner } = optimizer;
  return new Sam({ ...rule, name: "sam" }, { ...optimizer.options, ...{ inner, ...options } });
}

export const samSpec: OptimizerSpec = {
  name: "sam",
  formula: "ε = ρ·∇L(p)/‖∇L(p)‖; the optimiser's step from p with ∇L(p + ε)",
  shapes: "any",
  source:
    "Foret et al. 2020, arXiv:2010.01412, algorithm 1; adaptive: Kwon et al. 2021, arXiv:2102.11600",
  torch: null,
  // biome-ignore format: one case a line
  samples: [
    { name: "plain", make: () => sam(sgd({ lr: 0.1, momentum: 0.9 })), torch: "Sam(optim.SGD(params, lr=0.1, momentum=0.9))" },
    { name: "rho", make: () => sam(sgd({ lr: 0.1 }), { rho: 0.5 }), torch: "Sam(optim.SGD(params, lr=0.1), rho=0.5)" },
    { name: "adaptive", make: () => sam(sgd({ lr: 0.1 }), { rho: 0.5, adaptive: true }), torch: "Sam(optim.SGD(params, lr=0.1), rho=0.5, adaptive=True)" },
  ],
};
