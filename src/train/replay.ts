/**
 * Which op went wrong first: a failed step is run again on the reference backend, and from the loss, else from
 * the check of the gradients, the trail of values that are NaN or beyond f32 is followed back to its start.
 */
import { loadReference } from "#reference";
import { ConvkitError } from "../core/error.ts";
import type { Graph, Node } from "../graph/node.ts";
import type { HostTensor, Parameter } from "../tensor/index.ts";
import type { Position } from "./position.ts";
import type { RunStore } from "./run-store.ts";
import type { TaskBatch } from "./tasks/task.ts";

const LARGEST_F32 = 3.4028234663852886e38;

export interface FailedStep {
  readonly graph: Graph;
  readonly inputs: readonly HostTensor[];
  readonly batch: TaskBatch;
  /** Before the step. */
  readonly position: Position;
  /** The last checkpoint. */
  readonly kept: { readonly step: number; readonly store: RunStore } | undefined;
}

/** What there is to say of a step whose loss or gradients are not finite. */
export async function failedStep(
  { loss }: { readonly loss: number },
  { graph, inputs, batch, position, kept }: FailedStep,
): Promise<ConvkitError> {
  const culprit = await firstBadOp(graph, inputs, batch.n);
  const what = Number.isFinite(loss) ? "a gradient is not finite" : `loss is ${loss}`;
  const where = culprit
    ? `; first, ${culprit}`
    : "; in doubles the same step is sound, so f32 ran out of digits or range";
  const saved = kept
    ? `the checkpoint after step ${kept.step} in ${kept.store.name} is kept`
    : "no checkpoint was written yet";
  const { step, epoch } = position;
  return new ConvkitError(
    "train",
    `${what} at step ${step + 1} (epoch ${epoch + 1}, batch ${batch.index + 1})${where} — the update was ` +
      `not made; lower the learning rate, clip gradients, or look at the data; ${saved}`,
  );
}

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
