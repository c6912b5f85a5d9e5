/**
 * Reverse-mode differentiation, graph to graph (Linnainmaa 1970): walks from a tensor back to the wanted ones and
 * lets each op's rule turn the cotangent of its result into those of its inputs. The new nodes are made by the
 * same builder, so that gradients can be differentiated again.
 */
import { isFloat } from "../core/dtype.ts";
import { ConvkitError } from "../core/error.ts";
import { sameShape } from "../core/shape.ts";
import type { Builder } from "../graph/builder.ts";
import { callsOf } from "../graph/calls.ts";
import type { Node } from "../graph/node.ts";
import type { Tensor } from "../graph/tensor.ts";

/**
 * The cotangents of `wanted` from the cotangent `ct` of `y`; undefined where y does not depend on it. The walk
 * goes no further than `leaves`.
 */
export function pullback(
  y: Tensor,
  ct: Tensor,
  wanted: readonly Tensor[],
  leaves: ReadonlySet<Node> = new Set(),
): (Tensor | undefined)[] {
  const { builder } = y;
  const g = callsOf(builder, builder.ops);
  const targets = new Set(wanted.map((tensor) => tensor.node));
  const active = activeNodes(y.node, targets, leaves);
  const cotangents = new Map<Node, Tensor>();
  if (active.has(y.node)) cotangents.set(y.node, ct);
  // Consumers have larger ids than what they consume: once a node is reached, its cotangent is complete.
  for (const node of [...active].sort((a, b) => b.id - a.id)) {
    const arrived = cotangents.get(node);
    if (!arrived || leaves.has(node) || node.inputs.length === 0) continue;
    const parts = builder.within(node.scope, () =>
      inputCotangents(builder, g, node, arrived, active),
    );
    node.inputs.forEach((input, i) => {
      const part = parts[i];
      if (!part || !active.has(input)) return;
      checkRule(node, input, part);
      const sum = cotangents.get(input);
      cotangents.set(input, sum ? sum.add(part) : part);
    });
  }
  return wanted.map((tensor) => cotangents.get(tensor.node));
}

/** What lies on a path of floats from a target to `y`. */
function activeNodes(y: Node, targets: ReadonlySet<Node>, leaves: ReadonlySet<Node>): Set<Node> {
  const reached = new Set<Node>();
  const stack = [y];
  for (let node = stack.pop(); node; node = stack.pop()) {
    if (reached.has(node) || !isFloat(node.dtype)) continue;
    reached.add(node);
    if (!leaves.has(node)) stack.push(...node.inputs);
  }
  const active = new Set<Node>();
  for (const node of [...reached].sort((a, b) => a.id - b.id)) {
    const inner = !leaves.has(node) && node.inputs.some((input) => active.has(input));
    if (inner || targets.has(node)) active.add(node);
  }
  return active;
}

function inputCotangents(
  builder: Builder,
  g: unknown,
  node: Node,
  ct: Tensor,
  active: ReadonlySet<Node>,
): readonly (Tensor | null | undefined)[] {
  const op = builder.ops[node.op];
  const inputs = node.inputs.map((input) => builder.wrap(input));
  if (op?.vjp) return op.vjp(g, ct, inputs, node.attrs, builder.wrap(node));
  if (op?.compose) {
    const parts = op.compose(g, inputs, node.attrs);
    const wanted = inputs.filter((input) => active.has(input.node));
    const found = pullback(parts, ct, wanted, new Set(node.inputs));
    // An input that stands in two places has one cotangent, counted once.
    return node.inputs.map((input, i) => {
      const at = wanted.findIndex((tensor) => tensor.node === input);
      return at >= 0 && node.inputs.indexOf(input) === i ? found[at] : undefined;
    });
  }
  throw new ConvkitError(
    node.op,
    "has no gradient — keep it off the way to the loss, or wrap it in stopGradient or customGradient",
  );
}

function checkRule(node: Node, input: Node, ct: Tensor): void {
  if (
    sameShape(ct.shape, input.shape) &&
    ct.batched === input.batched &&
    ct.dtype === input.dtype
  ) {
    return;
  }
  const text = (type: { dtype: string; shape: readonly number[]; batched: boolean }) =>
    `${type.dtype}[${type.shape}]${type.batched ? " batched" : ""}`;
  throw new ConvkitError(
    node.op,
    `its gradient rule gives ${text(ct)} for an input of ${text(input)} — they must be equal`,
  );
}
