/** One trace of a function of tensors: its graph, and how its results were arranged. */
import { verify } from "#verify";
import type { HostTensor } from "../backends/backend.ts";
import type { DType } from "../core/dtype.ts";
import { ConvkitError } from "../core/error.ts";
import type { Shape } from "../core/shape.ts";
import { Builder } from "../graph/builder.ts";
import type { Graph } from "../graph/node.ts";
import { Tensor } from "../graph/tensor.ts";
import { table } from "../ops/table.ts";

/** What a compiled function may give: one tensor, a list of them, or a record. */
export type Outputs = Tensor | readonly Tensor[] | Readonly<Record<string, Tensor>>;

/** The same arrangement, of values. */
export type HostOf<O extends Outputs> = O extends Tensor
  ? HostTensor
  : { readonly [K in keyof O]: HostTensor };

export interface InputType {
  readonly shape: Shape;
  readonly dtype: DType;
  readonly batched: boolean;
}

export interface Traced<O extends Outputs> {
  readonly graph: Graph;
  readonly arrange: (values: readonly HostTensor[]) => HostOf<O>;
}

export function trace<O extends Outputs>(
  fn: (...inputs: Tensor[]) => O,
  types: readonly InputType[],
  capacity: number | undefined,
): Traced<O> {
  const builder = new Builder(table, capacity);
  const inputs = types.map(({ shape, dtype, batched }, i) => {
    const full = batched ? [capacity as number, ...shape.slice(1)] : shape;
    return builder.input(`input${i}`, { shape: full, dtype, batched });
  });
  const result = fn(...inputs);
  if (result instanceof Promise) {
    throw new ConvkitError(
      "compile",
      "the function is asynchronous — trace without awaiting; values come when the program runs",
    );
  }
  const [outputs, arrange] = flatten(result);
  const graph = builder.build(outputs);
  verify(graph);
  return { graph, arrange };
}

function flatten<O extends Outputs>(result: O): [Tensor[], Traced<O>["arrange"]] {
  if (result instanceof Tensor) return [[result], ([value]) => value as HostOf<O>];
  if (Array.isArray(result)) return [[...result], (values) => [...values] as unknown as HostOf<O>];
  const names = Object.keys(result);
  const record = result as Readonly<Record<string, Tensor>>;
  return [
    names.map((name) => record[name]),
    (values) => Object.fromEntries(names.map((name, i) => [name, values[i]])) as HostOf<O>,
  ];
}
