/**
 * Where a network's body ends and its head begins. The features are what the first fully connected layer behind the last map
 * reads: the pooled map of most networks, the class token of a vision transformer. Where no such layer is, as in SqueezeNet, whose
 * classifier is a convolution that is pooled afterwards, they are the mean over the map that the last layer with weights reads.
 * Found in the trace, so that imported networks have them, too (after torchvision's `create_feature_extractor`).
 */
import { ConvkitError } from "../../core/error.ts";
import { formatShape, type Shape } from "../../core/shape.ts";
import { madeFrom, type Node, type StateRef } from "../../graph/node.ts";
import type { Tensor } from "../../graph/tensor.ts";
import { GraphModule, statesByRef } from "../../nn/conversion/graph-module.ts";
import { traceNetwork } from "../../nn/initialize.ts";
import type { AnyModule, Module } from "../../nn/module.ts";
import { nearestName } from "../../nn/nearest-name.ts";
import { namedModules } from "../../nn/parameters.ts";

/** Ops that multiply what they are given with weights, and mix its channels. */
const LAYERS = /^(linear|matmul|conv2d|convTranspose2d)$/;

/** The features N×F behind the scores `y` that `net` gave in this trace, or the output of the named layer, pooled. */
export function featuresOf(y: Tensor, layer?: string): Tensor {
  if (layer !== undefined) return pooled(outputOf(y, layer));
  const { builder } = y;
  const live = madeFrom([y.node]);
  const nodes = builder.nodes.filter((node) => live.has(node));
  /** What maps or tokens are made from: no vector there is the network's last. */
  const before = new Set<Node>();
  for (const node of nodes.toReversed()) {
    if (node.batched && node.shape.length === 2 && !before.has(node)) continue;
    for (const input of node.inputs) before.add(input);
  }
  const layers = nodes.flatMap((node) => {
    const data = LAYERS.test(node.op) && isWeighted(node) && node.inputs.find((n) => n.batched);
    return data ? [{ node, data }] : [];
  });
  const first = layers.find(({ node, data }) => data.shape.length === 2 && !before.has(node));
  const found = first ?? layers.at(-1);
  if (!found) {
    throw new ConvkitError(
      "features",
      "the network has no layer with weights, so nothing in it is a feature — name a layer",
    );
  }
  return pooled(builder.wrap(found.data));
}

/** Data meets weights: something that is not of the batch, and holds more than a number. */
const isWeighted = ({ inputs }: Node): boolean =>
  inputs.some((input) => input.batched) &&
  inputs.some((input) => !input.batched && input.shape.length > 1);

function outputOf({ builder }: Tensor, layer: string): Tensor {
  const { calls } = builder;
  const output = calls.findLast(({ path }) => path === layer)?.output;
  if (output) return output;
  const paths = calls.map(({ path }) => path).filter((path) => path !== "");
  const near = nearestName(layer, paths);
  const some = paths.filter((path) => !path.includes(".")).slice(-6);
  throw new ConvkitError(
    "features",
    `the network has no layer "${layer}" — ${near ? `did you mean "${near}"?` : `it has ${some.join(", ")}; convkit summary lists all`}`,
  );
}

/** N×F: maps N×C×H×W and tokens N×T×C by their mean. */
function pooled(x: Tensor): Tensor {
  if (!x.batched || x.rank < 2 || x.rank > 4) {
    throw new ConvkitError(
      "features",
      `${formatShape(x.shape)} is no vector, map or row of tokens for each picture`,
    );
  }
  if (x.rank === 2) return x;
  return x.mean(x.rank === 4 ? [2, 3] : [1]);
}

/**
 * The network up to its features in evaluation, N×C×H×W → N×F, sharing its states: frozen, normalisations and dropout as in
 * prediction. `layer` is the path of another layer, whose output is pooled.
 */
export function featureExtractor(
  net: Module,
  inputShape: Shape,
  { layer }: { readonly layer?: string } = {},
): GraphModule {
  const { builder, output } = traceNetwork(net, inputShape);
  return new GraphModule(builder.build([featuresOf(output, layer)]), statesByRef(net));
}

/** The modules with states of which the features need none, in evaluation or training: the head, and auxiliary classifiers. */
export function headModules(net: Module, inputShape: Shape, layer?: string): AnyModule[] {
  const read = new Set(
    [false, true].flatMap((training) => {
      const { output } = traceNetwork(net, inputShape, { training });
      return statesRead(featuresOf(output, layer));
    }),
  );
  return namedModules(net)
    .map(([, module]) => module)
    .filter(({ ownStates }) => {
      const states = [...ownStates.values()];
      return states.length > 0 && !states.some(({ parameter }) => read.has(parameter));
    });
}

function statesRead(x: Tensor): StateRef[] {
  const { outputs, states } = x.builder.build([x]);
  return [...madeFrom(outputs)]
    .filter(({ op }) => op === "state")
    .map(({ attrs }) => states[attrs.slot as number]);
}
