/**
 * What a layer's file says of the layer: its entry in the catalogue, and samples on which every generic test runs.
 * It is an export of its own beside the layer, `conv2dSpec`, so that a bundle leaves it out.
 */
import type { CatalogEntry } from "../core/catalog.ts";
import type { Shape } from "../core/shape.ts";
import type { SampleInput } from "../graph/op.ts";
import type { Tensor } from "../graph/tensor.ts";
import type { AnyModule } from "./module.ts";

export interface LayerSpec extends CatalogEntry {
  readonly samples: readonly LayerSample[];
}

export interface LayerSample {
  /** Told from the layer's other samples by it. */
  readonly name: string;
  readonly make: () => AnyModule;
  /** Shapes without the batch axis, unless `static`; values are drawn uniformly from [low, high], [−1, 1] by default. */
  readonly inputs: readonly SampleInput[];
  /** Without the batch axis. */
  readonly output: Shape;
  /** Parameters and buffers by PyTorch's names. */
  readonly states?: Readonly<Record<string, Shape>>;
  /** Range that parameters and buffers are drawn from for the golden numbers, where [−1, 1] will not do. */
  readonly draw?: Readonly<Record<string, { readonly low: number; readonly high: number }>>;
  /**
   * In the golden script: a torch.nn.Module, or a function of the inputs (and of `p`, the states by name, where there
   * are any). Left out where results are random, or where another sample says the same.
   */
  readonly torch?: string;
  /** The golden numbers are those of training mode; evaluation is the rule. */
  readonly training?: boolean;
  /** Error of the wasm backend allowed, where it is more than 1e-5 of the largest element, and why. */
  readonly tolerance?: { readonly error: number; readonly because: string };
  /** A loss for the test that a step lowers one; the mean of (y − 0.7)² by default. */
  readonly loss?: (y: Tensor) => Tensor;
}
