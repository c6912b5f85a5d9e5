/**
 * Muon (Jordan et al. 2024, kellerjordan.github.io/posts/muon): the momentum of a weight matrix, brought near the
 * closest orthogonal matrix, so that all its directions move alike,
 *
 *     b ← μ·b + (1 − μ)·g;   d = (1 − μ)·g + μ·b  with Nesterov, else b
 *     X = d/max(‖d‖, ε);   5 times  X ← a·X + (b′·A + c·A²)·X,  A = X·Xᵀ;   p ← p − lr·λ·p − lr·s·X
 *
 * the iteration being Newton and Schulz's with a, b′, c = 3.4445, −4.7750, 2.0315, which carries singular values
 * into [0.7, 1.2]. A convolution's O×I×kH×kW counts as the matrix O×(I·kH·kW). Defaults are those of torch.optim.Muon
 * (PyTorch 2.9), and so is the rate of a matrix of n rows and m columns, `adjustLr`:
 *
 *     original          s = √max(1, n/m)
 *     matchRmsAdamW     s = 0.2·√max(n, m), for rates and decay tuned for AdamW (Liu et al. 2025, arXiv:2502.16982)
 *
 * `normalize` brings a matrix to the norm √n before each step, for layers before a normalisation, whose output its norm does not
 * change: steps then turn it by what the rate says, early and late (Jordan 2024, github.com/KellerJordan/cifar10-airbench,
 * airbench94_muon).
 *
 * Parameters of rank 0 and 1, and those that `adamW` names, such as embeddings and the last layer, go AdamW's way.
 * PyTorch iterates in bf16, we in the weights' own precision.
 */
import type { Tensor } from "../graph/tensor.ts";
import type { NamePattern } from "../nn/parameters.ts";
import { type AdamShared, adamRule } from "./adam.ts";
import {
  type Optimizer,
  type OptimizerKind,
  type OptimizerOptions,
  optimizerOf,
  type Rule,
} from "./optimizer.ts";
import type { OptimizerSpec } from "./optimizer-spec.ts";
import { norm } from "./trust-ratio.ts";

export interface MuonOptions extends OptimizerOptions {
  /** 0.95 by default. */
  readonly momentum?: number;
  /** True by default. */
  readonly nesterov?: boolean;
  readonly nsCoefficients?: readonly [number, number, number];
  /** 5 by default. */
  readonly nsSteps?: number;
  /** 1e-7 by default. */
  readonly eps?: number;
  /** "original" by default. */
  readonly adjustLr?: "original" | "matchRmsAdamW";
  /** Whether matrices are kept at the norm √n; false by default. Weight decay does nothing to these. */
  readonly normalize?: boolean;
  /** Names of weights that AdamW trains; patterns as in `freeze`; none by default. */
  readonly adamW?: readonly NamePattern[];
  /** AdamW's own learning rate and settings; schedules scale it along with `lr`. */
  readonly adamWLr?: number;
  readonly adamWBetas?: readonly [number, number];
  readonly adamWEps?: number;
}

export const muon = (options: MuonOptions = {}): Optimizer => optimizerOf(muonKind, options);

export const muonKind: OptimizerKind<MuonOptions> = {
  defaults: { lr: 1e-3, weightDecay: 0.1 },
  settings:
    "weightDecay momentum nesterov nsCoefficients nsSteps eps adjustLr normalize adamW adamWLr adamWBetas adamWEps",
  rule: muonRule,
};

function muonRule(options: MuonOptions & { readonly lr: number }): Rule<AdamShared> {
  const { lr, momentum = 0.95, nesterov = true } = options;
  const {
    adjustLr = "original",
    normalize = false,
    eps = 1e-7,
    adamW = [],
    adamWLr = lr,
    adamWBetas,
    adamWEps,
  } = options;
  const aside = adamRule("muon", { betas: adamWBetas, eps: adamWEps }, true);
  return {
    name: "muon",
    begin: aside.begin,
    update: (step, shared) => {
      const { g, lr: rate } = step;
      if (g.rank < 2 || step.named(adamW)) {
        return aside.update(
          adamWLr === lr ? step : { ...step, lr: rate.mul(adamWLr / lr) },
          shared,
        );
      }
      const b = step.moment("momentum_buffer", momentum, g);
      const d = nesterov ? g.mul(1 - momentum).add(b.mul(momentum)) : b;
      const [rows] = d.shape;
      const x = orthogonalize(d.reshape(rows, -1), options);
      const { p } = step;
      const from = normalize ? p.mul(Math.sqrt(rows)).div(norm(p).maximum(eps)) : step.shrunk();
      return from.sub(x.reshape(...d.shape).mul(rate.mul(scale(x, adjustLr))));
    },
  };
}

function scale({ shape: [rows, columns] }: Tensor, adjustLr: MuonOptions["adjustLr"]): number {
  return adjustLr === "original"
    ? Math.sqrt(Math.max(1, rows / columns))
    : 0.2 * Math.sqrt(Math.max(rows, columns));
}

/** Singular vectors stay, singular values come near 1. */
export function orthogonalize(
  d: Tensor,
  {
    nsCoefficients: [a, b, c] = [3.4445, -4.775, 2.0315],
    nsSteps = 5,
    eps = 1e-7,
  }: Pick<MuonOptions, "nsCoefficients" | "nsSteps" | "eps"> = {},
): Tensor {
  // X·Xᵀ is the smaller of the two products when X lies on its side.
  const [rows, columns] = d.shape;
  const upright = rows > columns;
  let x = upright ? d.builder.apply("transpose", [d], { axes: [1, 0] }) : d;
  x = x.div(norm(x).maximum(eps));
  for (let i = 0; i < nsSteps; i++) {
    const gram = x.matmul(x, { transposeB: true });
    const polynomial = gram.mul(b).add(gram.matmul(gram).mul(c));
    x = x.mul(a).add(polynomial.matmul(x));
  }
  return upright ? x.builder.apply("transpose", [x], { axes: [1, 0] }) : x;
}

export const muonSpec: OptimizerSpec = {
  name: "muon",
  formula: "b ← μ·b + (1 − μ)·g; p ← p − lr·λ·p − lr·s·NewtonSchulz((1 − μ)·g + μ·b)",
  shapes: "matrices, and kernels as O×(I·kH·kW); others go AdamW's way",
  source:
    "Jordan et al. 2024, kellerjordan.github.io/posts/muon; rates: Liu et al. 2025, arXiv:2502.16982",
  torch: "optim.Muon",
  // biome-ignore format: one case a line
  samples: [
    { name: "plain", make: () => muon({ lr: 0.05 }), torch: "Muon(params, lr=0.05)" },
    { name: "all options", make: () => muon({ lr: 0.05, weightDecay: 0.2, momentum: 0.8, nesterov: false, nsSteps: 3, adjustLr: "matchRmsAdamW", adamWLr: 0.02, adamWBetas: [0.8, 0.9], adamWEps: 1e-3 }), torch: "Muon(params, lr=0.05, weight_decay=0.2, momentum=0.8, nesterov=False, ns_steps=3, match_rms_adamw=True, adamw_lr=0.02, adamw_betas=(0.8, 0.9), adamw_eps=1e-3)" },
    { name: "AdamW by name", make: () => muon({ lr: 0.05, adamW: ["fc.*"] }), torch: "optim.AdamW(params, lr=0.05, weight_decay=0.1)" },
  ],
};
