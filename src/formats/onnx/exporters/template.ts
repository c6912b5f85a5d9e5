/**
 * Finds what a layer was traced to: its own formula is traced again, on placeholders, and compared node by node. So a layer
 * and the operator that stands for it cannot grow apart unseen, and formulas of imported models are found as well.
 */
import { sameShape } from "../../../core/shape.ts";
import { Builder } from "../../../graph/builder.ts";
import type { Attrs, Node, TensorType } from "../../../graph/node.ts";
import type { Tensor } from "../../../graph/tensor.ts";
import { table } from "../../../ops/table.ts";
import type { Emission } from "./emission.ts";
import type { Pattern } from "./exporter.ts";

/** Placeholders of a formula, by name. */
export class Placeholders {
  readonly builder: Builder;
  readonly tensors = new Map<Node, string>();
  readonly numbers = new Map<Node, string>();

  constructor(batch: number | undefined) {
    this.builder = new Builder(table, batch);
  }

  /** Stands for a tensor of this type. */
  tensor(name: string, { shape, dtype, batched }: TensorType): Tensor {
    const tensor = this.builder.input(name, { shape, dtype, batched });
    this.tensors.set(tensor.node, name);
    return tensor;
  }

  /** Stands for a constant. */
  number(name: string): Tensor {
    const tensor = this.builder.input(name, { shape: [], dtype: "f32", batched: false });
    this.numbers.set(tensor.node, name);
    return tensor;
  }
}

export interface Template {
  /** Op of the formula's last node. */
  readonly last: string;
  /** The formula, if it can end in this node. */
  readonly formula: (p: Placeholders, node: Node) => Tensor | undefined;
  /** Gets the values of the tensors by name, and the numbers. */
  readonly write: (
    e: Emission,
    values: Readonly<Record<string, string>>,
    numbers: Readonly<Record<string, number>>,
    node: Node,
  ) => string;
}

export function patternOf({ last, formula, write }: Template): Pattern {
  return (node) => {
    if (node.op !== last || node.dtype !== "f32") return undefined;
    const placeholders = new Placeholders(node.batched ? node.shape[0] : undefined);
    const result = formula(placeholders, node);
    const found = new Map<Node, Node>();
    if (!result || !compare(result.node, node, placeholders, found)) return undefined;
    const { tensors, numbers } = placeholders;
    const constants = [...numbers].map(([placeholder, name]) => [
      name,
      Number(found.get(placeholder)?.attrs.value),
    ]);
    return {
      inputs: [...tensors.keys()].map((placeholder) => found.get(placeholder) as Node),
      write: (e, inputs) => {
        const values = [...tensors.values()].map((name, i) => [name, inputs[i]]);
        return write(e, Object.fromEntries(values), Object.fromEntries(constants), node);
      },
    };
  };
}

/** Whether the graphs above both nodes are equal down to the placeholders; `found` gathers what these stand for. */
function compare(wanted: Node, node: Node, p: Placeholders, found: Map<Node, Node>): boolean {
  const known = found.get(wanted);
  if (known) return known === node;
  found.set(wanted, node);
  if (p.numbers.has(wanted)) return node.op === "constant" && node.dtype === wanted.dtype;
  if (!sameType(wanted, node)) return false;
  if (p.tensors.has(wanted)) return true;
  return (
    wanted.op === node.op &&
    wanted.inputs.length === node.inputs.length &&
    sameAttrs(wanted.attrs, node.attrs) &&
    wanted.inputs.every((input, i) => compare(input, node.inputs[i], p, found))
  );
}

const sameType = (a: TensorType, b: TensorType): boolean =>
  a.dtype === b.dtype && a.batched === b.batched && sameShape(a.shape, b.shape);

const sameAttrs = (a: Attrs, b: Attrs): boolean => JSON.stringify(a) === JSON.stringify(b);
