/**
 * The golden cases of the ops: inputs, and what PyTorch made of them in float64, forward and backward. Any backend
 * can run them: `goldenGraph` gives result and gradients as one graph.
 */
import { join } from "node:path";
import { grad } from "../../src/autodiff/grad.ts";
import type { DType } from "../../src/core/dtype.ts";
import { Builder } from "../../src/graph/builder.ts";
import type { Attrs, Graph } from "../../src/graph/node.ts";
import type { OpTable, RefArray } from "../../src/graph/op.ts";
import { loadCases } from "./golden-file.ts";

export interface GoldenHeader {
  readonly op: string;
  readonly sample: string;
  readonly attrs: Attrs;
  readonly inputs: readonly { readonly dtype: DType; readonly batched: boolean }[];
}

export interface GoldenCase extends GoldenHeader {
  readonly title: string;
  /** Values of the op's inputs, then of the cotangent of the result where there are gradients. */
  readonly values: readonly RefArray[];
  readonly y: RefArray;
  /** One for each input that has a gradient, with that input's number. */
  readonly gradients: readonly { readonly input: number; readonly value: RefArray }[];
}

export function loadOpGoldens(): GoldenCase[] {
  const path = join(import.meta.dirname, "ops.safetensors");
  return loadCases<GoldenHeader>(path).map(({ arrays, ...header }) => {
    const array = (name: string) => arrays.get(name) as RefArray;
    const values = header.inputs.map((_, i) => array(`x${i}`));
    const gradients = header.inputs.flatMap((_, input) => {
      const value = arrays.get(`g${input}`);
      return value ? [{ input, value }] : [];
    });
    if (gradients.length > 0) values.push(array("ct"));
    const title = `${header.op}: ${header.sample}`;
    return { ...header, title, values, y: array("y"), gradients };
  });
}

/** Inputs as in `values`; outputs: the result, then the gradients in order. */
export function goldenGraph(golden: GoldenCase, ops: OpTable): Graph {
  const { op, attrs, inputs, values, gradients } = golden;
  const lanes = inputs.findIndex((input) => input.batched);
  // An op may also make its batch axis itself, as `broadcastTo` does.
  const capacity =
    lanes >= 0 ? values[lanes].shape[0] : attrs.batched ? golden.y.shape[0] : undefined;
  const builder = new Builder(ops, capacity);
  const x = inputs.map((type, i) => builder.input(`x${i}`, { ...type, shape: values[i].shape }));
  const y = builder.apply(op, x, attrs);
  if (gradients.length === 0) return builder.build([y]);
  const ct = builder.input("ct", y.node);
  const wrt = gradients.map(({ input }) => x[input]);
  return builder.build([y, ...grad(y.mul(ct).sum(), wrt)]);
}

/** What the graph's outputs should be. */
export const goldenOutputs = ({ y, gradients }: GoldenCase): RefArray[] => [
  y,
  ...gradients.map(({ value }) => value),
];
