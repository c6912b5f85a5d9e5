/**
 * Which op went wrong first: a failed step is run again on the reference backend, and from the loss, else from
 * the check of the gradients, the trail of values that are NaN or beyond f32 is followed back to its start.
 */
import { loadReference } from "#reference";
import type { Graph, Node } from "../graph/node.ts";
import type { HostTensor, Parameter } from "../tensor/index.ts";

const LARGEST_F32 = 3.4028234663852886e38;

/** `exp in fc3 gives Infinity`; undefined when all values are sound in doubles. The loss is the first output. */
export async function firstBadOp(
  graph: Graph,
  inputs: readonly HostTensor[],
  n: number,
): Promise<string | undefined> {
  const reference = await loadReference().catch(() => undefined);
  if (!reference) return "an op that only the reference backend in Node can name";
  const { evaluate, oracles } = reference;
  const doubles = ({ shape, data }: { shape: readonly number[]; data: ArrayLike<number> }) => ({
    shape,
    data: Float64Array.from(data),
  });
  const states = graph.states.map((ref) =>
    doubles({ shape: ref.shape, data: (ref as Parameter).read() }),
  );
  const bad = new Map<Node, number>();
  let end: Node | undefined;
  const look = (node: Node, { data }: { data: Float64Array }): void => {
    const value = data.find((x) => !(Math.abs(x) <= LARGEST_F32));
    if (value !== undefined && node.op !== "constant") bad.set(node, value);
    const lossIsBad = node === graph.outputs[0] && bad.has(node);
    if (!lossIsBad && !(node.op === "isFinite" && bad.has(node.inputs[0]))) return;
    end = lossIsBad ? node : node.inputs[0];
    throw stopped;
  };
  const stopped = new Error("the trail is complete");
  try {
    evaluate(graph, oracles, inputs.map(doubles), states, n, look);
  } catch (error) {
    if (error !== stopped) throw error;
  }
  if (!end) return undefined;
  let node = end;
  for (let from = node.inputs.find((input) => bad.has(input)); from; ) {
    node = from;
    from = node.inputs.find((input) => bad.has(input));
  }
  return describe(node, bad.get(node) as number);
}

function describe({ op, attrs, scope }: Node, value: number): string {
  const shown = Number.isFinite(value) ? `${value.toPrecision(3)}, too large for f32` : `${value}`;
  if (op === "input") {
    // The first input are random numbers.
    return attrs.index === 1 ? `a picture holds ${shown}` : `input ${attrs.index} holds ${shown}`;
  }
  if (op === "state") return `${attrs.name} holds ${shown} already`;
  return `${op} ${scope ? `in ${scope} ` : ""}gives ${shown}`;
}
