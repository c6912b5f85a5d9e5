/** Factors and shifts of channels as numbers: what a graph works out of states and constants, one value a channel. */
import type { Graph, Node } from "../../graph/node.ts";
import { Parameter } from "../../tensor/parameter.ts";

type Values = ArrayLike<number>;

const binary: Readonly<Record<string, (a: number, b: number) => number>> = {
  add: (a, b) => a + b,
  sub: (a, b) => a - b,
  mul: (a, b) => a * b,
  div: (a, b) => a / b,
  pow: (a, b) => a ** b,
  max: Math.max,
  min: Math.min,
};
const unary: Readonly<Record<string, (a: number) => number>> = {
  neg: (a) => -a,
  sqrt: Math.sqrt,
  exp: Math.exp,
  // The same values in the same order.
  reshape: (a) => a,
  broadcastTo: (a) => a,
};

/**
 * The value of `node` in doubles, one element for each of so many channels; undefined if it follows from an input, or is more
 * than arithmetic of numbers and of vectors over the channels.
 */
export function channelValues(
  graph: Graph,
  node: Node,
  channels: number,
): Float64Array | undefined {
  const known = new Map<Node, Values | undefined>();
  const valuesOf = (at: Node): Values | undefined => {
    if (!known.has(at)) known.set(at, evaluate(at));
    return known.get(at);
  };
  const evaluate = (at: Node): Values | undefined => {
    const size = at.shape.reduce((a, b) => a * b, 1);
    if (at.batched || (size !== 1 && size !== channels)) return undefined;
    if (at.op === "constant") return [Number(at.attrs.value)];
    if (at.op === "state") {
      const ref = graph.states[at.attrs.slot as number];
      return ref instanceof Parameter ? ref.read() : undefined;
    }
    const f = binary[at.op] ?? unary[at.op];
    const inputs = at.inputs.map(valuesOf);
    if (!f || inputs.length !== f.length || inputs.includes(undefined)) return undefined;
    const [a, b = a] = inputs as Values[];
    return Float64Array.from({ length: size }, (_, i) => f(element(a, i), element(b, i)));
  };
  const values = valuesOf(node);
  return values && Float64Array.from({ length: channels }, (_, i) => element(values, i));
}

const element = (values: Values, i: number): number => values[values.length === 1 ? 0 : i];
