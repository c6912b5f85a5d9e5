/** The catalogue of this folder, for tests and for docs/layers.md. */
import type { LayerSpec } from "../layer-spec.ts";
import { celuSpec } from "./celu.ts";
import { eluSpec } from "./elu.ts";
import { gainSpec } from "./gain.ts";
import { geluSpec } from "./gelu.ts";
import { gluSpec } from "./glu.ts";
import { hardMishSpec } from "./hard-mish.ts";
import { hardSigmoidSpec } from "./hard-sigmoid.ts";
import { hardSwishSpec } from "./hard-swish.ts";
import { hardTanhSpec } from "./hard-tanh.ts";
import { hardshrinkSpec } from "./hardshrink.ts";
import { leakyReluSpec } from "./leaky-relu.ts";
import { logSigmoidSpec } from "./log-sigmoid.ts";
import { logSoftmaxSpec } from "./log-softmax.ts";
import { maxoutSpec } from "./maxout.ts";
import { mishSpec } from "./mish.ts";
import { preluSpec } from "./prelu.ts";
import { quickGeluSpec } from "./quick-gelu.ts";
import { rectificationSpec } from "./rectification.ts";
import { reluSpec } from "./relu.ts";
import { relu6Spec } from "./relu6.ts";
import { rreluSpec } from "./rrelu.ts";
import { scaledTanhSpec } from "./scaled-tanh.ts";
import { seluSpec } from "./selu.ts";
import { sigmoidSpec } from "./sigmoid.ts";
import { siluSpec } from "./silu.ts";
import { smoothAbsSpec } from "./smooth-abs.ts";
import { softmaxSpec } from "./softmax.ts";
import { softmax2dSpec } from "./softmax2d.ts";
import { softminSpec } from "./softmin.ts";
import { softplusSpec } from "./softplus.ts";
import { softshrinkSpec } from "./softshrink.ts";
import { softsignSpec } from "./softsign.ts";
import { tanhSpec } from "./tanh.ts";
import { tanhshrinkSpec } from "./tanhshrink.ts";
import { thresholdSpec } from "./threshold.ts";

export const activationSpecs: readonly LayerSpec[] = [
  reluSpec,
  leakyReluSpec,
  relu6Spec,
  preluSpec,
  rreluSpec,
  eluSpec,
  seluSpec,
  celuSpec,
  siluSpec,
  mishSpec,
  geluSpec,
  quickGeluSpec,
  hardSwishSpec,
  hardMishSpec,
  softplusSpec,
  sigmoidSpec,
  hardSigmoidSpec,
  logSigmoidSpec,
  tanhSpec,
  scaledTanhSpec,
  hardTanhSpec,
  softsignSpec,
  tanhshrinkSpec,
  softshrinkSpec,
  hardshrinkSpec,
  thresholdSpec,
  rectificationSpec,
  smoothAbsSpec,
  gainSpec,
  gluSpec,
  maxoutSpec,
  softmaxSpec,
  softmax2dSpec,
  softminSpec,
  logSoftmaxSpec,
];
