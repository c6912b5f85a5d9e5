/**
 * The op types bound to this project's table: `g` in a rule offers every op of `table.ts` by name.
 * Each op constant carries one of these annotations; without it TypeScript cannot resolve the circle
 * table → op → g → table.
 */
import type { Attrs, TensorType } from "../graph/node.ts";
import type { Calls, OpDef, Oracle, Sample, SampleInput } from "../graph/op.ts";
import type { table } from "./table.ts";

export type G = Calls<typeof table>;
export type Op<A extends Attrs, N extends number, Given = Partial<A>> = OpDef<A, N, G, Given>;
export type None = Readonly<Record<string, never>>;
export type { Oracle, Sample, SampleInput, TensorType };
