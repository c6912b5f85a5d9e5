/** What the pooling layers of sequences share: a sequence is pooled as an image of one row. */
import type { Tensor } from "../../graph/tensor.ts";
import { checkSequences } from "../images.ts";
import { Module } from "../module.ts";

export interface Pool1dOptions {
  readonly kernel: number;
  /** The kernel's size by default. */
  readonly stride?: number;
  /** On both sides; 0 by default. */
  readonly padding?: number;
  /** Whether a last window may hang over the end; false by default. */
  readonly ceilMode?: boolean;
}

/** `2` is short for `{ kernel: 2 }`. The attributes of a window over one row. */
export function rowWindow(given: number | Pool1dOptions) {
  const options: Pool1dOptions = typeof given === "number" ? { kernel: given } : given;
  const { kernel, stride = kernel, padding = 0, ceilMode = false } = options;
  return { kernel: [1, kernel], stride: [1, stride], padding: [0, padding], ceilMode };
}

/** N×C×L → N×C×L′. */
export class Pool1d extends Module {
  readonly #kind: string;
  readonly #pool: (rows: Tensor) => Tensor;

  constructor(kind: string, pool: (rows: Tensor) => Tensor) {
    super();
    this.#kind = kind;
    this.#pool = pool;
  }

  override get kind(): string {
    return this.#kind;
  }

  forward(x: Tensor): Tensor {
    checkSequences(this.kind, x);
    const [n, c, length] = x.shape;
    return this.#pool(x.reshape(n, c, 1, length)).reshape(n, c, -1);
  }
}
