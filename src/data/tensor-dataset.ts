/**
 * Examples that are more than a picture and its class: several tensors in, several targets out. The leading axis of each tensor
 * counts the examples.
 */
import { ConvkitError } from "../core/error.ts";
import { Random } from "../core/random.ts";
import { formatShape } from "../core/shape.ts";
import type { HostTensor } from "../tensor/index.ts";
import { epochOrder } from "./epoch-order.ts";

export interface TensorDataset {
  readonly name: string;
  readonly length: number;
  /** In the order in which the network takes them. */
  readonly inputs: readonly HostTensor[];
  /** By the names of the outputs that they are for: class numbers as i32, or numbers. */
  readonly targets: Readonly<Record<string, HostTensor>>;
}

/** Parts of one kind; each of its own, or taken from `train`. */
export interface TensorPair {
  readonly train: TensorDataset;
  readonly test: TensorDataset;
  readonly validation?: TensorDataset;
}

/** A batch in the data's own order or shuffled, in arrays of its own. */
export interface TensorBatch {
  readonly index: number;
  readonly n: number;
  readonly inputs: HostTensor[];
  readonly targets: Readonly<Record<string, HostTensor>>;
}

/** Throws where tensors have different numbers of examples, or there is nothing to learn. */
export function tensorDataset({
  name = "tensors",
  inputs,
  targets,
}: Omit<TensorDataset, "name" | "length"> & { readonly name?: string }): TensorDataset {
  const all = [...inputs.entries(), ...Object.entries(targets)];
  if (inputs.length === 0 || all.length === inputs.length || inputs[0].shape.length === 0) {
    throw new ConvkitError(
      "data",
      `${name}: give at least one input and one target, with examples`,
    );
  }
  const [length] = inputs[0].shape;
  for (const [which, { shape }] of all) {
    if (shape[0] === length) continue;
    const what = typeof which === "number" ? `input ${which}` : `target ${which}`;
    throw new ConvkitError(
      "data",
      `${name}: ${what} is ${formatShape(shape)}, the first input ${formatShape(inputs[0].shape)} — give all the same ` +
        "number of examples",
    );
  }
  return { name, length, inputs, targets };
}

/** Chosen examples as a data set of their own. */
export function tensorSubset(dataset: TensorDataset, indices: Uint32Array): TensorDataset {
  return { ...dataset, length: indices.length, ...rowsOf(dataset, indices) };
}

/** A seeded part of the examples, and the rest. */
export function splitTensors(
  dataset: TensorDataset,
  fraction: number,
  seed: number,
): { train: TensorDataset; validation: TensorDataset } {
  const { name, length } = dataset;
  const held = Math.round(length * fraction);
  if (held < 1 || held >= length) {
    throw new ConvkitError(
      "split",
      `${name}: ${length} examples are too few to hold back ${fraction} of them — give more`,
    );
  }
  const order = new Random(seed, "split").shuffle(Uint32Array.from({ length }, (_, i) => i));
  const part = (from: number, to: number) => tensorSubset(dataset, order.slice(from, to).sort());
  return { train: part(held, length), validation: part(0, held) };
}

/** The batches of a data set; their order is a pure function of seed and epoch. */
export function tensorBatches(
  dataset: TensorDataset,
  {
    batch,
    seed,
    shuffle,
  }: { readonly batch: number; readonly seed: number; readonly shuffle: boolean },
) {
  const { name, length } = dataset;
  const orderOf = epochOrder(length, seed, shuffle);
  const batchesPerEpoch = Math.ceil(length / batch);
  const at = (order: Uint32Array, index: number): TensorBatch => {
    const rows = order.subarray(index * batch, Math.min((index + 1) * batch, length));
    return { index, n: rows.length, ...rowsOf(dataset, rows) };
  };
  return {
    batchesPerEpoch,
    note:
      batch > length
        ? `batch ${batch} is larger than ${name} (${length} examples): each epoch is one batch of ${length}`
        : undefined,
    async *batches(epoch = 0, first = 0): AsyncGenerator<TensorBatch, void, undefined> {
      const order = orderOf(epoch);
      for (let index = first; index < batchesPerEpoch; index++) yield at(order, index);
    },
    batch: async (epoch: number, index: number) => at(orderOf(epoch), index),
    dispose() {},
  };
}

function rowsOf({ inputs, targets }: TensorDataset, rows: Uint32Array) {
  return {
    inputs: inputs.map((tensor) => take(tensor, rows)),
    targets: Object.fromEntries(
      Object.entries(targets).map(([name, tensor]) => [name, take(tensor, rows)]),
    ),
  };
}

/** Rows of a tensor along its leading axis. */
function take({ shape, dtype, data }: HostTensor, rows: Uint32Array): HostTensor {
  const size = shape.slice(1).reduce((product, dim) => product * dim, 1);
  const taken = data.slice(0, rows.length * size);
  for (const [to, from] of rows.entries()) {
    taken.set(data.subarray(from * size, (from + 1) * size), to * size);
  }
  return { shape: [rows.length, ...shape.slice(1)], dtype, data: taken };
}
