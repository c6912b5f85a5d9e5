/** ONNX's normalisations. */

import { sizeOf } from "../../../core/shape.ts";
import type { Tensor } from "../../../graph/tensor.ts";
import { localResponse } from "../../../nn/normalization/local-response-norm.ts";
import {
  normalizeWith,
  positionAxes,
  scaleChannels,
  standardize,
} from "../../../nn/normalization/standardize.ts";
import { batchNorm } from "../../../ops/batch-norm.ts";
import { layerNorm } from "../../../ops/layer-norm.ts";
import type { Call, Operator } from "../call.ts";
import { along, axisOf, innerOf, settled, shapeOf, type Value } from "../value.ts";

const epsOf = (call: Call): number => call.number("epsilon", 1e-5);

/**
 * By the running statistics; in training by those of the batch, which the running ones follow, the variance unbiased as
 * in PyTorch. Where the file takes the new ones as results, it is training by itself, and the variance biased.
 */
const batchNormalization: Operator = (call) => {
  if (call.number("spatial", 1) !== 1) {
    return call.fail("statistics of each position are not supported");
  }
  const x = call.batch(0);
  const [gamma, beta] = [call.weight(1), call.weight(2)];
  const [mean, variance] = [call.statistic(3), call.statistic(4)];
  const givesStatistics = call.flag("training_mode") && (call.wants(1) || call.wants(2));
  const eps = epsOf(call);
  if (!call.mode.training && !givesStatistics) {
    return normalizeWith(x, { mean, variance, gamma, beta }, eps);
  }
  const y = call.apply(batchNorm, [x, gamma, beta], { eps });
  const axes = x.shape.map((_, i) => i).filter((axis) => axis !== 1);
  const momentum = call.number("momentum", 0.9);
  const follow = (running: Tensor, now: Tensor) => running.mul(momentum).add(now.mul(1 - momentum));
  const biased = x.var(axes);
  if (givesStatistics) return [y, follow(mean, x.mean(axes)), follow(variance, biased)];
  const field = sizeOf(x.shape.slice(2));
  const m = x.batched ? call.builder.count().mul(field) : call.constant(x.shape[0] * field);
  call.follow(3, follow(mean, x.mean(axes)));
  call.follow(4, follow(variance, biased.mul(m.div(m.sub(1).maximum(1)))));
  return y;
};

/** The input with our batch axis where the axes from `axis` on can be told, and these axes of it. */
function lastAxes(call: Call): readonly [Value, number[]] {
  const rank = call.shape(0).length;
  const axis = axisOf(call.number("axis", -1), rank);
  const value = axis === 0 ? innerOf(call.value(0)) : call.value(0);
  const first = axis + value.tensor.rank - shapeOf(value).length;
  return [value, Array.from({ length: rank - axis }, (_, i) => first + i)];
}

/** Also gives the mean and 1/√(σ² + ε). */
const layerNormalization: Operator = (call) => {
  const [value, over] = lastAxes(call);
  const x = value.tensor;
  const eps = epsOf(call);
  const size = over.map((i) => x.shape[i]);
  const gamma = call.weight(1).reshape(...size);
  const beta = call.has(2)
    ? call.weight(2).reshape(...size)
    : call.apply("broadcastTo", [call.constant(0)], { shape: size });
  // A tensor that is normalised as a whole is one example of a batch.
  const examples = x.batched ? x : x.reshape(1, ...x.shape);
  const y = call.apply(layerNorm, [examples, gamma, beta], { eps }).reshape(...x.shape);
  const statistics = () => [
    x.mean(over, true),
    call.constant(1).div(x.var(over, true).add(eps).sqrt()),
  ];
  const results = call.wants(1) || call.wants(2) ? [y, ...statistics()] : [y];
  return results.map((tensor) => settled({ ...value, tensor }));
};

/** y = γ·x/√(mean x² + ε), over the last axes. */
const rmsNormalization: Operator = (call) => {
  const [value, over] = lastAxes(call);
  const x = value.tensor;
  const gamma = call.weight(1).reshape(...over.map((i) => x.shape[i]));
  const length = x.square().mean(over, true).add(epsOf(call)).sqrt();
  return settled({ ...value, tensor: x.div(length).mul(gamma) });
};

/** Factor and shift for each channel; before version 21 for each group. */
const groupNormalization: Operator = (call) => {
  const x = call.batch(0);
  const [n, c, ...positions] = x.shape;
  const groups = call.number("num_groups", 1);
  const split = x.reshape(n, groups, c / groups, ...positions);
  const axes = split.shape.map((_, i) => i).slice(2);
  const y = standardize(split, axes, epsOf(call));
  const [gamma, beta] = [call.weight(1), call.weight(2)];
  if (call.opset >= 21) return scaleChannels(y.reshape(...x.shape), gamma, beta);
  return scaleChannels(y, gamma, beta).reshape(...x.shape);
};

const instanceNormalization: Operator = (call) => {
  const x = call.batch(0);
  return scaleChannels(
    standardize(x, positionAxes(x), epsOf(call)),
    call.weight(1),
    call.weight(2),
  );
};

/** Of an even number of channels the extra one comes after; ours comes before. */
const lrn: Operator = (call) => {
  const x = call.batch(0);
  const size = call.number("size", 1);
  call.bounded(size - 1, 1000);
  const of = (t: Tensor) =>
    localResponse(
      t,
      size,
      call.number("alpha", 1e-4) / size,
      call.number("bias", 1),
      call.number("beta", 0.75),
    );
  if (size % 2 === 1) return of(x);
  const turned = (t: Tensor) => call.apply("flip", [t], { axes: [1] });
  return turned(of(turned(x)));
};

/** Each row by its length; p is 1 or 2. */
const lpNormalization: Operator = (call) => {
  const axis = axisOf(call.number("axis", -1), call.shape(0).length);
  return along(call.value(0), [axis], (x, [at]) =>
    x.div(call.number("p", 2) === 1 ? x.abs().sum(at, true) : x.square().sum(at, true).sqrt()),
  );
};

export const normalization: Readonly<Record<string, Operator>> = {
  BatchNormalization: batchNormalization,
  LayerNormalization: layerNormalization,
  GroupNormalization: groupNormalization,
  InstanceNormalization: instanceNormalization,
  LRN: lrn,
  LpNormalization: lpNormalization,
  RMSNormalization: rmsNormalization,
};
