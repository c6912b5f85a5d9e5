/** Runs a rule on values given now, in doubles on the reference backend: how worked figures are computed. */
import { evaluate } from "../src/backends/reference/evaluate.ts";
import { Random } from "../src/core/random.ts";
import { sizeOf } from "../src/core/shape.ts";
import { Builder } from "../src/graph/builder.ts";
import { callsOf } from "../src/graph/calls.ts";
import type { Calls, RefArray } from "../src/graph/op.ts";
import type { Tensor } from "../src/graph/tensor.ts";
import { allOps } from "../src/ops/library.ts";
import { meanings } from "./op-cases.ts";

/** Every op of the project as a call. */
export type AllCalls = Calls<typeof allOps>;
export type Rule = (g: AllCalls, ...inputs: Tensor[]) => Tensor | readonly Tensor[];

export function computeAll(inputs: readonly RefArray[], rule: Rule): RefArray[] {
  const builder = new Builder(allOps);
  const x = inputs.map(({ shape }, i) =>
    builder.input(`x${i}`, { shape, dtype: "f64", batched: false }),
  );
  const result = rule(callsOf(builder, allOps), ...x);
  return evaluate(builder.build([result].flat()), meanings, inputs).outputs;
}

export const compute = (inputs: readonly RefArray[], rule: Rule): RefArray =>
  computeAll(inputs, rule)[0];

/** Normally distributed values, the same for each name. */
export const random = (shape: readonly number[], name: string): RefArray => {
  const source = new Random(0, name);
  return { shape, data: Float64Array.from({ length: sizeOf(shape) }, () => source.normal()) };
};
