/**
 * N(mean, std²) cut to an interval, by rejection. `truncNormal` takes the interval in the values' own units, as PyTorch
 * does; `truncNormalTf` in standard deviations, as TensorFlow and JAX do: mean + std·x, x ~ N(0, 1) cut to [low, high].
 */
import { ConvkitError } from "../../core/error.ts";
import type { InitSpec } from "./init-spec.ts";
import { fill, type Init } from "./initializer.ts";
import { checkNormal } from "./normal.ts";

export interface TruncNormalOptions {
  /** 0 by default. */
  readonly mean?: number;
  /** 1 by default. */
  readonly std?: number;
  /** −2 by default. */
  readonly low?: number;
  /** 2 by default. */
  readonly high?: number;
}

export function truncNormal(options: TruncNormalOptions = {}): Init {
  const { mean = 0, std = 1, low = -2, high = 2 } = options;
  checkNormal("truncNormal", mean, std);
  // Rejection is quick as long as the interval reaches the bulk of the bell.
  const near = Math.min(Math.abs(low - mean), Math.abs(high - mean));
  if (!(low < high) || ((mean < low || mean > high) && near > 4 * std)) {
    throw new ConvkitError(
      "truncNormal",
      `[${low}, ${high}] holds next to nothing of N(${mean}, ${std}²) — widen the interval`,
    );
  }
  return fill((random) => {
    for (;;) {
      const x = mean + std * random.normal();
      if (x >= low && x <= high) return x;
    }
  });
}

export function truncNormalTf(options: TruncNormalOptions = {}): Init {
  const { mean = 0, std = 1, low = -2, high = 2 } = options;
  checkNormal("truncNormalTf", mean, std);
  const standard = truncNormal({ low, high });
  return (shape, random) =>
    Float64Array.from(standard(shape, random), (value) => mean + std * value);
}

/** The standard deviation of N(0, 1) cut to [−2, 2]. */
export const TRUNCATED_STD = 0.87962566103423978;

export const truncNormalSpec: InitSpec = {
  name: "truncNormal",
  formula: "w ~ N(mean, std²) given low ≤ w ≤ high",
  shapes: "any",
  source: "elementary",
  torch: "nn.init.trunc_normal_",
  // biome-ignore format: one case a line
  samples: [
    { init: /* @__PURE__ */ truncNormal(), shape: [4608], mean: 0, std: TRUNCATED_STD, low: -2, high: 2 },
    // The usual 0.02 of vision transformers: the interval is out of reach.
    { init: /* @__PURE__ */ truncNormal({ std: 0.02 }), shape: [4608], mean: 0, std: 0.02, low: -2, high: 2 },
  ],
};

export const truncNormalTfSpec: InitSpec = {
  name: "truncNormalTf",
  formula: "w = mean + std·x, x ~ N(0, 1) given low ≤ x ≤ high",
  shapes: "any",
  source: "TensorFlow's truncated_normal; timm",
  torch: "timm.layers.trunc_normal_tf_",
  // biome-ignore format: one case a line
  samples: [
    { init: /* @__PURE__ */ truncNormalTf({ mean: 1, std: 0.1 }), shape: [4608], mean: 1, std: 0.1 * TRUNCATED_STD, low: 0.8, high: 1.2 },
  ],
};
