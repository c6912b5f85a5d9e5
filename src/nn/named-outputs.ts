/**
 * What a network gives beside its result, under names: the scores of auxiliary classifiers (GoogLeNet, Inception v3), the
 * further outputs of an imported model. A layer records them while it is traced; whoever traced the network takes them.
 */
import type { Builder } from "../graph/builder.ts";
import type { Tensor } from "../graph/tensor.ts";

export interface NamedOutput {
  readonly name: string;
  readonly tensor: Tensor;
  /** Training adds the loss of these scores, times this; undefined for what is no classifier. */
  readonly lossWeight?: number;
}

/** Per trace, until they are taken; they live as long as their builder. */
const recorded = /* @__PURE__ */ new WeakMap<Builder, NamedOutput[]>();

export function recordOutput(output: NamedOutput): void {
  const { builder } = output.tensor;
  const list = recorded.get(builder);
  if (list) list.push(output);
  else recorded.set(builder, [output]);
}

/** The outputs recorded in this trace since they were last taken, in order. */
export function takeOutputs(builder: Builder): readonly NamedOutput[] {
  const outputs = recorded.get(builder) ?? [];
  recorded.delete(builder);
  return outputs;
}
