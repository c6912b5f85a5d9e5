/** What writes one op, or a known group of nodes, as ONNX operators. */
import type { Attrs, Node } from "../../../graph/node.ts";
import type { Emission } from "./emission.ts";

/** Adds the nodes for `node` and returns the name of its value; `inputs` are the values of its inputs, in order. */
export type Exporter = (e: Emission, node: Node, inputs: readonly string[]) => string;

/** A node's attributes as those of the op that it is one of. */
export const attrsOf = <A extends Attrs>(node: Node): A => node.attrs as unknown as A;

/** Nodes that are one operator in ONNX. */
export interface Match {
  /** What the operator takes, in the order in which `write` gets their values' names. */
  readonly inputs: readonly Node[];
  readonly write: (e: Emission, inputs: readonly string[]) => string;
}

/** Looks whether `node` is the last of such a group. */
export type Pattern = (node: Node) => Match | undefined;
