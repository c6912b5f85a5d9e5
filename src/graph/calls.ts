/**
 * The ops of a table as calls on one builder: `g.conv2d(x, w, { stride: 2 })`, or, for an op of any number of
 * inputs, `g.concat([a, b], { axis: 1 })`. This is the `g` of the rules.
 */
import type { Builder } from "./builder.ts";
import type { Attrs } from "./node.ts";
import type { Calls, OpTable } from "./op.ts";
import { Tensor } from "./tensor.ts";

type Argument = Tensor | readonly Tensor[] | Attrs | undefined;

export function callsOf<T extends OpTable>(builder: Builder, table: T): Calls<T> {
  const calls: Record<string, (...args: Argument[]) => Tensor> = {};
  for (const name of Object.keys(table)) {
    calls[name] = (...args) => {
      const count = Array.isArray(args[0]) ? 1 : args.findIndex((arg) => !(arg instanceof Tensor));
      const inputs = args.slice(0, count < 0 ? args.length : count).flat() as Tensor[];
      const attrs = count < 0 ? undefined : (args[count] as Attrs | undefined);
      return builder.apply(name, inputs, attrs ?? {});
    };
  }
  return calls as Calls<T>;
}
