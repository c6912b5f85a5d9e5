/** What layers of two-dimensional windows share: their options, and the layer of one pooling op. */
import type { Attrs } from "../../graph/node.ts";
import type { AnyOp } from "../../graph/op.ts";
import type { Tensor } from "../../graph/tensor.ts";
import { Module } from "../module.ts";
import { type Pair, pair } from "../pair.ts";

export interface Pool2dOptions {
  readonly kernel: Pair;
  /** The kernel's size by default. */
  readonly stride?: Pair;
  /** Both sides, [rows, columns] or [top, bottom, left, right]. */
  readonly padding?: number | readonly number[];
  /** Whether a last window may hang over the end. */
  readonly ceilMode?: boolean;
}

/** `2` is short for `{ kernel: 2 }`; the stride is the kernel's size unless given. */
export function windowOptions<O extends Pick<Pool2dOptions, "kernel" | "stride">>(given: Pair | O) {
  const isKernel = typeof given !== "object" || "length" in given;
  const options = isKernel ? ({ kernel: given } as O) : given;
  const { kernel, stride = kernel } = options;
  return { ...options, kernel: pair(kernel), stride: pair(stride) };
}

/** N×C×H×W → N×C×H′×W′: the largest element or the mean of each window. */
export class Pool2d extends Module {
  readonly op: string | AnyOp;
  readonly attrs: Attrs;

  constructor(op: Pool2d["op"], attrs: Attrs) {
    super();
    this.op = op;
    this.attrs = attrs;
  }

  override get kind(): string {
    return typeof this.op === "string" ? this.op : this.op.name;
  }

  forward(x: Tensor): Tensor {
    return x.builder.apply(this.op, [x], this.attrs);
  }
}
