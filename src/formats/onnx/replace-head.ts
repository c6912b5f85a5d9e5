/**
 * Another number of classes: the last layer with weights gets as many outputs and initial values, which is where
 * fine-tuning begins. It is looked for from the first output backwards, through nodes that only shape or squash scores.
 */

import type { Init } from "../../nn/init/initializer.ts";
import { defaultBias, defaultWeight } from "../../nn/init/layer-default.ts";
import { nodeTitle } from "./arguments.ts";
import type { GraphProto, NodeProto, TensorProto } from "./proto.ts";

export interface ReplacedHead {
  readonly graph: GraphProto;
  /** Initial values in place of the file's, by name. */
  readonly fresh: ReadonlyMap<string, Init>;
  readonly note: string;
}

const PASSED: readonly string[] = [
  "Softmax",
  "LogSoftmax",
  "Sigmoid",
  "Relu",
  "Identity",
  "Cast",
  "Flatten",
  "Reshape",
  "Squeeze",
  "Dropout",
  "GlobalAveragePool",
  "AveragePool",
  "ReduceMean",
];

/** Undefined where no such layer is found. */
export function replaceHead(graph: GraphProto, classes: number): ReplacedHead | undefined {
  const producers = new Map(
    graph.nodes.flatMap((node) => node.outputs.map((name) => [name, node])),
  );
  const tensors = new Map(graph.initializers.map((tensor) => [tensor.name, tensor]));
  let node = producers.get(graph.outputs[0]?.name ?? "");
  let added: TensorProto | undefined;
  for (let steps = 0; node && steps <= graph.nodes.length; steps++) {
    const axis = outputAxis(node);
    if (axis !== undefined) {
      return renewed(
        graph,
        node,
        tensors.get(node.inputs[1]),
        axis,
        added ?? tensors.get(node.inputs[2]),
        classes,
      );
    }
    const bias = node.opType === "Add" ? node.inputs.find((name) => tensors.has(name)) : undefined;
    if (bias) added = tensors.get(bias);
    else if (!PASSED.includes(node.opType)) return undefined;
    node = producers.get(node.inputs.find((name) => name !== bias) ?? "");
  }
  return undefined;
}

/** Along which axis the weights of a layer count its outputs. */
function outputAxis({ opType, attributes }: NodeProto): number | undefined {
  if (opType === "Conv") return 0;
  if (opType === "MatMul") return 1;
  if (opType !== "Gemm") return undefined;
  return attributes.some(({ name, value }) => name === "transB" && value === 1) ? 0 : 1;
}

function renewed(
  graph: GraphProto,
  node: NodeProto,
  weight: TensorProto | undefined,
  axis: number,
  bias: TensorProto | undefined,
  classes: number,
): ReplacedHead | undefined {
  if (!weight || weight.dims.length <= axis) return undefined;
  const before = weight.dims[axis];
  const dims = weight.dims.with(axis, classes);
  // Linear layers of other tools hold the weights turned round; the fan is that of the inputs.
  const [, inputs] = axis === 0 ? dims : [classes, weight.dims[0]];
  const shape = axis === 0 ? dims : [classes, inputs];
  const fresh = new Map<string, Init>([
    [weight.name, (of, random) => defaultWeight()(axis === 0 ? of : shape, random)],
  ]);
  const sizes = new Map([[weight.name, dims]]);
  if (bias) {
    sizes.set(
      bias.name,
      bias.dims.map((dim) => (dim === before ? classes : dim)),
    );
    fresh.set(bias.name, defaultBias(shape));
  }
  const initializers = graph.initializers.map((tensor) => {
    const own = sizes.get(tensor.name);
    return own ? { name: tensor.name, type: "float" as const, dims: own } : tensor;
  });
  return {
    graph: { ...graph, initializers },
    fresh,
    note: `${nodeTitle(node)} is fresh, for ${classes} classes`,
  };
}
